import type { EpochMs } from '../../../shared/time';
import type { Database, Table } from '../../store/table';
import type { ModelDatabase } from '../model-database';
import type { Chance } from './chance';
import type { Scheduler } from './scheduler';
import { drawDelayMs, type Weather } from './weather';

/** No function's clock is further from the true time than this. */
export const MAX_SKEW_MS = 200;

/** An error of the store that we threw in: to a caller the same as any 500. */
export class StoreTrouble extends Error {}

export interface Surroundings {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly model: ModelDatabase;
  /** May change while the world runs: it clears up at the end. */
  weather: Weather;
  /** Told of every write to the passbook the moment it happens. */
  onWrite(write: Parameters<Table['put']>[0]): void;
}

/** What one running function borrows from its world. Each has a clock of its own, and stumbles on its own. */
export interface FunctionInstance {
  readonly database: Database;
  readonly clock: () => EpochMs;
  readonly backOff: () => Promise<void>;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Between any two steps of a function: others go first, it freezes, or it dies and never goes on. */
  readonly pause: () => Promise<void>;
}

export function createInstance(world: Surroundings): FunctionInstance {
  const { chance, scheduler, model } = world;
  const skew = chance.between(-MAX_SKEW_MS, MAX_SKEW_MS);

  async function pause(): Promise<void> {
    if (chance.is(world.weather.crash)) await never();
    if (chance.is(world.weather.freeze)) await scheduler.sleep(drawDelayMs(chance));
    else await scheduler.point();
  }

  async function read<T>(run: () => Promise<T>): Promise<T> {
    await pause();
    if (chance.is(world.weather.throttle)) throw new StoreTrouble('throttled');
    const answer = await run();
    await pause();
    return answer;
  }

  async function write<T>(run: () => Promise<T>): Promise<T> {
    await pause();
    const { throttle, storeAnswerLost, lateWrite, writeTwice } = world.weather;
    if (chance.is(throttle)) throw new StoreTrouble('throttled');
    if (chance.is(lateWrite)) {
      const delay = drawDelayMs(chance);
      scheduler.start(async () => {
        await scheduler.sleep(delay);
        await run();
      });
      await pause();
      throw new StoreTrouble('timed out');
    }
    let answer = await run();
    await pause();
    if (chance.is(writeTwice)) {
      answer = await run();
      await pause();
    }
    if (chance.is(storeAnswerLost)) throw new StoreTrouble('timed out');
    return answer;
  }

  function tableOf(table: 'passbook' | 'records'): Table {
    const inner = model[table];
    return {
      get: (key, options) => read(() => inner.get(key, options)),
      query: (input) => read(() => inner.query(input)),
      put: (item, when) =>
        write(async () => {
          const result = await inner.put(item, when);
          if (result.written && table === 'passbook') world.onWrite(item);
          return result;
        }),
      remove: (key, when) => write(() => inner.remove(key, when)),
    };
  }

  return {
    database: {
      passbook: tableOf('passbook'),
      records: tableOf('records'),
      // The SDK gives each call a token of its own, so that its own second sending is harmless (within ten minutes).
      transact: (writes, token = `sdk-${chance.below(2 ** 32)}-${chance.below(2 ** 32)}`) => {
        let written = false;
        return write(async () => {
          const result = await model.transact(writes, token);
          if (result.written && !written) {
            written = true;
            for (const { table, write: one } of writes) if (table === 'passbook' && 'put' in one) world.onWrite(one.put);
          }
          return result;
        });
      },
    },
    clock: () => scheduler.now + skew,
    backOff: async () => scheduler.sleep(chance.between(1, 40)),
    randomBytes: (count) => chance.bytes(count),
    pause,
  };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
