import type { EpochMs } from '../../../shared/time';
import type { Condition, Database, Item, Key, Table, TableWrite, TransactResult, WriteResult } from '../../store/table';
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
  /** Items that a transaction under way has taken: who else wants to write them has not been first. */
  readonly taken: Set<string>;
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
          if (world.taken.has(keyText(table, item))) return inTheWay(when);
          const result = await inner.put(item, when);
          if (result.written && table === 'passbook') world.onWrite(item);
          return result;
        }),
      remove: (key, when) => write(async () => (world.taken.has(keyText(table, key)) ? inTheWay(when) : inner.remove(key, when))),
    };
  }

  /** First it takes its items, then it writes them: in between nobody else may (TransactionConflict). */
  async function transactOnce(writes: readonly TableWrite[], token: string): Promise<TransactResult> {
    const keys = writes.map(({ table, write: one }) => keyText(table, 'put' in one ? one.put : 'remove' in one ? one.remove : one.check));
    const failed = keys.findIndex((key) => world.taken.has(key));
    if (failed >= 0) return { written: false, failed, found: undefined };
    for (const key of keys) world.taken.add(key);
    await scheduler.point();
    try {
      return await model.transact(writes, token);
    } finally {
      for (const key of keys) world.taken.delete(key);
    }
  }

  return {
    database: {
      passbook: tableOf('passbook'),
      records: tableOf('records'),
      // The SDK gives each call a token of its own, so that its own second sending is harmless (within ten minutes).
      transact: (writes, token = `sdk-${chance.below(2 ** 32)}-${chance.below(2 ** 32)}`) => {
        let isTold = false;
        return write(async () => {
          const result = await transactOnce(writes, token);
          if (!result.written || isTold) return result;
          isTold = true;
          for (const { table, write: one } of writes) if (table === 'passbook' && 'put' in one) world.onWrite(one.put);
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

/** A conditional write that a transaction stands in the way of was not first; an unconditional one is a fault. */
function inTheWay(when: Condition | undefined): WriteResult {
  if (when === undefined) throw new StoreTrouble('a transaction is in the way');
  return { written: false, found: undefined };
}

function keyText(table: TableWrite['table'], key: Item | Key): string {
  return `${table}|${String(key.pk)}|${String(table === 'passbook' ? key.n : key.sk)}`;
}
