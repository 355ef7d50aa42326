import { createInstance, type FunctionInstance, StoreTrouble, type Surroundings } from './function-instance';
import { drawDelayMs } from './weather';

/** What a caller sees: an answer, an error of the server (500), or nothing within its patience. */
export type Outcome<T> = { readonly answer: T } | { readonly lost: 'no-answer' | 'server-error' };

const SERVER_ERROR = { lost: 'server-error' } as const;
const NO_ANSWER = { lost: 'no-answer' } as const;

/**
 * Sends a request to a function over a bad network: it may never arrive, arrive late or arrive twice, and so may its
 * answer. Each arrival runs in an instance of its own. `run` must not throw anything but StoreTrouble.
 */
export function send<T>(world: Surroundings, run: (instance: FunctionInstance) => Promise<T>, patienceMs: number): Promise<Outcome<T>> {
  const { chance, scheduler } = world;
  return new Promise((resolve) => {
    scheduler.start(async () => {
      await scheduler.sleep(patienceMs);
      resolve(NO_ANSWER);
    });
    const copies = chance.is(world.weather.requestTwice) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (chance.is(world.weather.requestLost)) continue;
      scheduler.start(async () => {
        await travel(world);
        const outcome = await answerOf(world, run);
        if (chance.is(world.weather.answerLost)) return;
        await travel(world);
        resolve(outcome);
      });
    }
  });
}

async function answerOf<T>(world: Surroundings, run: (instance: FunctionInstance) => Promise<T>): Promise<Outcome<T>> {
  try {
    return { answer: await run(createInstance(world)) };
  } catch (error) {
    if (!(error instanceof StoreTrouble)) throw error;
    return SERVER_ERROR;
  }
}

async function travel({ chance, scheduler, weather }: Surroundings): Promise<void> {
  if (chance.is(weather.slow)) await scheduler.sleep(drawDelayMs(chance));
  else await scheduler.point();
}
