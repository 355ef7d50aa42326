import fc from 'fast-check';
import { openedDraft } from '../domain/account-changes';
import { CHARGE_EARLY_MS, CHARGE_LATE_MS } from '../domain/charge-window';
import { type Entry, firstEntry, nextEntry } from '../domain/entry';
import { enterRing, saleEntryId } from '../domain/terminal-ring';
import { createPassbook, type Passbook } from '../store/passbook';
import { createModelDatabase } from '../test/model-database';
import { findSale } from './find-sale';

const START = 1_000_000_000_000;
const time = (recordedAt: number) => ({ recordedAt, utcOffsetMinutes: 480 });

/** What happened to the account: a charge of a sequence, or something that no terminal asked for; waits in seconds. */
interface Step {
  readonly sequence: number | undefined;
  readonly waitSeconds: number;
}

async function passbookOf(steps: readonly Step[]): Promise<{ passbook: Passbook; entries: readonly Entry[]; reads: () => number }> {
  const database = createModelDatabase();
  let reads = 0;
  const counted = {
    ...database,
    passbook: {
      ...database.passbook,
      query: (input: Parameters<typeof database.passbook.query>[0]) => {
        reads += 1;
        return database.passbook.query(input);
      },
    },
  };
  const passbook = createPassbook(counted);
  let at = START;
  let head = firstEntry({ schoolId: 's1', accountNo: 1, draft: openedDraft({ occurredAt: at, cardIssue: 1 }), ...time(at) });
  const entries = [head];
  await passbook.append(head);
  for (const [index, { sequence, waitSeconds }] of steps.entries()) {
    at += waitSeconds * 1_000;
    const place = { terminal: 7, sequence: sequence ?? 0, n: head.n + 1, at };
    const state = sequence === undefined ? head.state : { ...head.state, ring: enterRing(head.state.ring, place) };
    const entryId = sequence === undefined ? `other_${index}` : saleEntryId(place);
    head = nextEntry(head, { kind: sequence === undefined ? 'claim' : 'charge', entryId, postings: [], occurredAt: at, state }, time(at));
    entries.push(head);
    await passbook.append(head);
  }
  return { passbook, entries, reads: () => reads };
}

function last(entries: readonly Entry[]): Entry {
  const head = entries.at(-1);
  if (head === undefined) throw new Error('a passbook has an entry');
  return head;
}

const wait = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 5 }) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 300 }) });
const history = fc
  .array(fc.record({ isSale: fc.boolean(), waitSeconds: wait }), { maxLength: 120 })
  .map((list) => list.map(({ isSale, waitSeconds }, index): Step => ({ sequence: isSale ? index + 1 : undefined, waitSeconds })));

describe('the look-up of a sale', () => {
  it('finds every sale whose entry lies in its window, however far back, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.nat(), fc.integer({ min: -CHARGE_EARLY_MS, max: CHARGE_LATE_MS }), async (steps, choice, later) => {
        const { passbook, entries } = await passbookOf(steps);
        const head = last(entries);
        const sales = entries.filter(({ kind }) => kind === 'charge');
        const sale = sales[choice % Math.max(1, sales.length)];
        if (sale !== undefined) {
          const sequence = Number(sale.entryId.slice(2));
          const { found } = await findSale(passbook, head, { terminal: 7, sequence }, sale.recordedAt - later);
          expect(found).toEqual(sale);
        }
        const absent = await findSale(passbook, head, { terminal: 8, sequence: 1 }, head.recordedAt - later);
        expect(absent).toEqual({ found: undefined, absentUpTo: head.n });
      }),
      { numRuns: 60 },
    );
  });

  it('needs no read while the ring tells, and one for the entry when it is not the newest', async () => {
    const steps = Array.from({ length: 5 }, (_, index) => ({ sequence: index + 1, waitSeconds: 1 }));
    const { passbook, entries, reads } = await passbookOf(steps);
    const head = last(entries);
    const costs: number[] = [];
    for (const sequence of [5, 99, 1]) {
      const before = reads();
      await findSale(passbook, head, { terminal: 7, sequence }, head.recordedAt);
      costs.push(reads() - before);
    }
    expect(costs).toEqual([0, 0, 1]);
  });

  it('reads past the ring when the ring has dropped a place within the window, and not when it reaches back beyond it', async () => {
    const crowd = await passbookOf(Array.from({ length: 20 }, (_, index) => ({ sequence: index + 1, waitSeconds: 1 })));
    const before = crowd.reads();
    const { found } = await findSale(crowd.passbook, last(crowd.entries), { terminal: 7, sequence: 3 }, last(crowd.entries).recordedAt);
    expect(found?.entryId).toBe('7-3');
    expect(crowd.reads() - before).toBe(1);

    const calm = await passbookOf(Array.from({ length: 20 }, (_, index) => ({ sequence: index + 1, waitSeconds: 60 })));
    const calmBefore = calm.reads();
    await findSale(calm.passbook, last(calm.entries), { terminal: 7, sequence: 99 }, last(calm.entries).recordedAt);
    expect(calm.reads() - calmBefore).toBe(0);
  });

  it('finds an old sale by bisection: its reads grow with the logarithm of what came after it', async () => {
    const { passbook, entries, reads } = await passbookOf([
      { sequence: 1, waitSeconds: 1 },
      ...Array.from({ length: 1_000 }, (_, index) => ({ sequence: index + 2, waitSeconds: 60 })),
    ]);
    const before = reads();
    const { found } = await findSale(passbook, last(entries), { terminal: 7, sequence: 1 }, START);
    expect(found?.n).toBe(2);
    expect(reads() - before).toBeLessThanOrEqual(12);
  });

  it('does not read again what an earlier look-up has seen', async () => {
    const { passbook, entries, reads } = await passbookOf(
      Array.from({ length: 30 }, (_, index) => ({ sequence: index + 1, waitSeconds: 1 })),
    );
    const older = entries[24];
    if (older === undefined) throw new Error('there are 31 entries');
    const id = { terminal: 9, sequence: 1 };
    const first = await findSale(passbook, older, id, older.recordedAt);
    expect(first).toEqual({ found: undefined, absentUpTo: older.n });
    const before = reads();
    // Six sales since: all of them are in the ring.
    const again = await findSale(passbook, last(entries), id, older.recordedAt, first.absentUpTo);
    expect(again).toEqual({ found: undefined, absentUpTo: 31 });
    expect(reads() - before).toBe(0);
  });

  it('says that the passbook is broken rather than that nothing is there, when an entry of the bisection is missing', async () => {
    const { passbook, entries } = await passbookOf(Array.from({ length: 20 }, (_, index) => ({ sequence: index + 1, waitSeconds: 100 })));
    const holed: Passbook = { ...passbook, entry: async () => undefined };
    const work = findSale(holed, last(entries), { terminal: 8, sequence: 1 }, START + 200_000);
    await expect(work).rejects.toThrow(/gap/);
  });

  it('never takes an entry that the ring names and the store does not give for a sale that was not charged', async () => {
    const { passbook, entries } = await passbookOf(Array.from({ length: 3 }, (_, index) => ({ sequence: index + 1, waitSeconds: 1 })));
    const holed: Passbook = { ...passbook, entry: async () => undefined };
    await expect(findSale(holed, last(entries), { terminal: 7, sequence: 1 }, START)).rejects.toThrow(/gap/);
  });

  it('never takes an empty page for a sale that was not charged', async () => {
    const { passbook, entries } = await passbookOf(Array.from({ length: 20 }, (_, index) => ({ sequence: index + 1, waitSeconds: 1 })));
    const holed: Passbook = { ...passbook, entries: async () => ({ entries: [], more: false }) };
    await expect(findSale(holed, last(entries), { terminal: 7, sequence: 1 }, START + 20_000)).rejects.toThrow(/gap/);
  });
});
