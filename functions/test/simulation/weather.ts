import type { Chance } from './chance';

/** How bad the world is: probabilities for each effect or message. Every world has its own, drawn from its seed. */
export interface Weather {
  /** The store refuses a call: nothing happened. */
  readonly throttle: number;
  /** The store's answer is lost: the write happened, but the function sees an error. */
  readonly storeAnswerLost: number;
  /** The function gives a write up, and it happens later all the same. */
  readonly lateWrite: number;
  /** The SDK sends a write twice, since the first answer was lost, and the function sees the second answer. */
  readonly writeTwice: number;
  /** A function stands still between two of its steps, up to minutes. */
  readonly freeze: number;
  /** A function dies between two of its steps. */
  readonly crash: number;
  readonly requestLost: number;
  readonly answerLost: number;
  /** A request arrives twice. */
  readonly requestTwice: number;
  /** A request or an answer arrives seconds or minutes late. */
  readonly slow: number;
  /** Per step: how many changes the late indexes see. */
  readonly catchUp: number;
}

export const FAIR: Weather = {
  throttle: 0,
  storeAnswerLost: 0,
  lateWrite: 0,
  writeTwice: 0,
  freeze: 0,
  crash: 0,
  requestLost: 0,
  answerLost: 0,
  requestTwice: 0,
  slow: 0,
  catchUp: 1,
};

const USUAL: Omit<Weather, 'catchUp'> = {
  throttle: 0.01,
  storeAnswerLost: 0.01,
  lateWrite: 0.006,
  writeTwice: 0.01,
  freeze: 0.012,
  crash: 0.006,
  requestLost: 0.03,
  answerLost: 0.04,
  requestTwice: 0.03,
  slow: 0.05,
};

/** Each kind of trouble is absent, usual or much worse than usual. */
export function drawWeather(chance: Chance): Weather {
  const times = (value: number): number => value * chance.pick([0, 1, 1, 5]);
  return {
    throttle: times(USUAL.throttle),
    storeAnswerLost: times(USUAL.storeAnswerLost),
    lateWrite: times(USUAL.lateWrite),
    writeTwice: times(USUAL.writeTwice),
    freeze: times(USUAL.freeze),
    crash: times(USUAL.crash),
    requestLost: times(USUAL.requestLost),
    answerLost: times(USUAL.answerLost),
    requestTwice: times(USUAL.requestTwice),
    slow: times(USUAL.slow),
    catchUp: chance.pick([0.02, 0.2, 1]),
  };
}

/** How long somebody stands still: mostly a moment, at times beyond the 90 s of a sale's window. */
export function drawDelayMs(chance: Chance): number {
  return chance.pick([chance.between(50, 2_000), chance.between(2_000, 20_000), chance.between(20_000, 130_000)]);
}
