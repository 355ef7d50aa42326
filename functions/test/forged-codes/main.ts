import { performance } from 'node:perf_hooks';
import * as v from 'valibot';
import { authorizePayment, type SaleDeps, type SaleRequest } from '../../operations/authorize-payment';
import { Chance } from '../simulation/chance';
import { FORGERIES } from './forgeries';
import { type CodeWorld, openWorld, SCHOOL } from './world';

/** What `run-forged-codes.ts` asks of this program, as one argument in JSON. */
export const jobSchema = v.object({
  packsFolder: v.string(),
  seed: v.number(),
  /** Forged ones. */
  codes: v.number(),
  /** This class alone, without the genuine ones. */
  only: v.optional(v.string()),
});
export type ForgedJob = v.InferOutput<typeof jobSchema>;

export interface ForgedClass {
  readonly tried: number;
  /** Turned out to be a genuine code (two equal digits swapped, say) and was taken as one. */
  readonly genuine: number;
  readonly refused: Readonly<Record<string, number>>;
}

export interface ForgedReport {
  readonly seed: number;
  /** Codes that were tried and are not among the genuine ones. */
  readonly forged: number;
  /** Of them, those that were charged. */
  readonly accepted: number;
  /** By class; empty when all is well. */
  readonly acceptedBy: Readonly<Record<string, number>>;
  readonly genuineTried: number;
  readonly genuineRefused: number;
  readonly classes: Readonly<Record<string, ForgedClass>>;
  /** The first few that were judged wrongly. */
  readonly wrong: readonly string[];
  readonly seconds: number;
}

/** One at noon, one where the week ends. */
const WORLDS = 2;
const MOST_TOLD = 5;

class Tally {
  forged = 0;
  accepted = 0;
  readonly acceptedBy: Record<string, number> = {};
  genuineTried = 0;
  genuineRefused = 0;
  readonly wrong: string[] = [];
  readonly classes = Object.fromEntries(
    Object.keys(FORGERIES).map((name) => [name, { tried: 0, genuine: 0, refused: {} as Record<string, number> }]),
  );

  note(name: string | undefined, text: string, isGenuine: boolean, answer: string): void {
    const pays = answer === 'charged';
    if (isGenuine) this.genuineTried += 1;
    else this.forged += 1;
    if (isGenuine && !pays) this.genuineRefused += 1;
    if (pays !== isGenuine && this.wrong.length < MOST_TOLD) this.wrong.push(`${name ?? 'genuine'}: ${text}: ${answer}`);
    const one = name === undefined ? undefined : this.classes[name];
    if (name === undefined || one === undefined) return;
    if (!isGenuine && pays) {
      this.accepted += 1;
      this.acceptedBy[name] = (this.acceptedBy[name] ?? 0) + 1;
    }
    one.tried += 1;
    if (pays) one.genuine += isGenuine ? 1 : 0;
    else one.refused[answer] = (one.refused[answer] ?? 0) + 1;
  }
}

/** A till over the world's heads. What it writes is forgotten, so that each code is judged by the same state. */
function openTill(world: CodeWorld, chance: Chance): (text: string) => Promise<string> {
  const never = async () => {
    throw new Error('a head without sales is all that is read');
  };
  const deps: SaleDeps = {
    passbook: {
      ...{ entry: never, entries: never, appendWith: never, appendTogether: never },
      head: async (_, accountNo) => world.heads.get(accountNo),
      append: async () => ({ appended: true }),
    },
    clock: () => world.now,
    backOff: async () => undefined,
    ownCard: async () => undefined,
  };
  let sequence = 0;
  return async (code) => {
    sequence += 1;
    // The terminal's clock may be a minute behind ours or half a minute ahead.
    const occurredAt = world.now + chance.between(-60_000, 30_000);
    const body = { kind: 'charge-code', schoolId: SCHOOL, terminal: 7, sequence, amountFen: 1, occurredAt, code } as const;
    const request: SaleRequest = { body, bodyHash: 'f'.repeat(64), attempt: 1, merchant: 12, pack: world.pack, keys: world.keys };
    const answer = await authorizePayment(deps, request);
    return answer.outcome === 'charged' ? 'charged' : 'code' in answer ? answer.code : answer.outcome;
  };
}

async function forge({ packsFolder, seed, codes, only }: ForgedJob): Promise<ForgedReport> {
  const startedAt = performance.now();
  const tally = new Tally();
  const chance = new Chance(seed);
  const classes = Object.entries(FORGERIES).filter(([name]) => only === undefined || only === name);
  for (let part = 1; part <= WORLDS; part += 1) {
    const world = openWorld(chance, packsFolder, part === WORLDS);
    const scan = openTill(world, chance);
    for (const text of only === undefined ? world.genuine : []) tally.note(undefined, text, true, await scan(text));
    for (let made = 0; tally.forged < (codes * part) / WORLDS; made += 1) {
      const [name, forgery] = classes[made % classes.length] ?? never();
      const text = forgery(world, chance);
      tally.note(name, text, world.isGenuine(text), await scan(text));
    }
  }
  const { forged, accepted, acceptedBy, genuineTried, genuineRefused, wrong } = tally;
  const seconds = Number(((performance.now() - startedAt) / 1_000).toFixed(1));
  return { seed, forged, accepted, acceptedBy, genuineTried, genuineRefused, classes: tally.classes, wrong, seconds };
}

function never(): never {
  throw new RangeError('no such class');
}

forge(v.parse(jobSchema, JSON.parse(process.argv[2] ?? '')))
  .then((report) => process.stdout.write(JSON.stringify(report)))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  });
