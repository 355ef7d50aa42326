import * as v from 'valibot';
import { BENCH_TERMINAL } from '../local/bench-machines';
import { type LocalSecrets, terminalKeyOf } from '../local/secrets';
import { Pos, type PosAnswer } from '../terminals/pos';
import type { CardDrawer } from './cards';

/** What a person at the bench can do to the till's surroundings. */
export const faultsSchema = v.object({
  /** The request never arrives. */
  offline: v.boolean(),
  /** It arrives and is carried out, and the answer is lost on the way back. */
  answerLost: v.boolean(),
  /** The till's clock, ahead of the server's. */
  clockAheadMs: v.pipe(v.number(), v.integer(), v.minValue(-3_600_000), v.maxValue(3_600_000)),
});
export type TillFaults = v.InferOutput<typeof faultsSchema>;

export const pressSchema = v.variant('press', [
  v.object({ press: v.literal('scan'), schoolId: v.string(), amountFen: v.number(), code: v.pipe(v.string(), v.maxLength(64)) }),
  v.object({ press: v.literal('tap'), schoolId: v.string(), amountFen: v.number(), cardNumber: v.pipe(v.string(), v.maxLength(20)) }),
  v.object({ press: v.picklist(['retry', 'query', 'void']), schoolId: v.string() }),
]);
export type Press = v.InferOutput<typeof pressSchema>;

export interface Tills {
  press(press: Press): Promise<PosAnswer>;
  faults(): TillFaults;
  setFaults(faults: TillFaults): void;
}

/** Sequence numbers go on from the seconds since this instant, so that a restarted bench never repeats one. */
const COUNTED_FROM_MS = Date.UTC(2026, 0, 1);

/** One till a school, with the key that was enrolled for it. */
export function createTills(parts: {
  secrets: LocalSecrets;
  functionsUrl: string;
  fetch: typeof fetch;
  clock: () => number;
  cards: CardDrawer;
}): Tills {
  const { secrets, functionsUrl, clock, cards } = parts;
  let faults: TillFaults = { offline: false, answerLost: false, clockAheadMs: 0 };
  const tills = new Map<string, Pos>();

  const faultyFetch: typeof fetch = async (input, init) => {
    if (faults.offline) throw new TypeError('the network is cut');
    const reply = await parts.fetch(input, init);
    if (faults.answerLost) throw new TypeError('the answer was lost');
    return reply;
  };

  function till(schoolId: string): Pos {
    const known = tills.get(schoolId);
    if (known !== undefined) return known;
    const key = terminalKeyOf(secrets, schoolId, BENCH_TERMINAL);
    let memory: unknown;
    const firstSequence = Math.floor((clock() - COUNTED_FROM_MS) / 1_000);
    const made = new Pos(
      { schoolId, terminal: BENCH_TERMINAL, key, firstSequence },
      {
        fetch: faultyFetch,
        clock: () => clock() + faults.clockAheadMs,
        baseUrl: functionsUrl,
        memory: {
          load: () => memory,
          save: (next) => {
            memory = next;
          },
        },
      },
    );
    tills.set(schoolId, made);
    return made;
  }

  return {
    press(press) {
      const pos = till(press.schoolId);
      switch (press.press) {
        case 'scan':
          return pos.chargeCode(press.amountFen, press.code);
        case 'tap': {
          const card = cards.chip(press.schoolId, press.cardNumber);
          // Wherever it lay before, it is held against this till now.
          card.isThere = true;
          return pos.chargeCard(press.amountFen, card);
        }
        case 'retry':
          return pos.retry();
        case 'query':
          return pos.query();
        case 'void':
          return pos.void();
      }
    },
    faults: () => faults,
    setFaults(next) {
      faults = next;
    },
  };
}
