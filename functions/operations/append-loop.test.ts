import { fen } from '../../shared/money';
import { openedDraft, reportLossDraft, topUpDraft } from '../domain/account-changes';
import { type Entry, firstEntry, nextEntry } from '../domain/entry';
import { verifyPassbook } from '../domain/verify-passbook';
import { createPassbook, type Passbook } from '../store/passbook';
import type { TableWrite } from '../store/table';
import { createModelDatabase } from '../test/model-database';
import { loadPack, NOON } from '../test/sale-fixture';
import { type AppendDeps, changeAccount } from './append-loop';

const account = { schoolId: 'bistu', accountNo: 7 };
const pack = loadPack('bistu');
const row: TableWrite = { table: 'records', write: { put: { pk: 'p', sk: 's' }, when: { is: 'absent' } } };

let now = NOON;
let waits: number[];
let passbook: Passbook;
let deps: AppendDeps;

beforeEach(async () => {
  now = NOON;
  waits = [];
  passbook = createPassbook(createModelDatabase());
  deps = { passbook, clock: () => now, backOff: async (tries) => void waits.push(tries) };
  const draft = openedDraft({ occurredAt: now, cardIssue: 1 });
  await passbook.append(firstEntry({ ...account, draft, recordedAt: now, utcOffsetMinutes: 480 }));
});

const lose = (use: AppendDeps, rows: readonly TableWrite[] = [], seen: (recordedAt: number) => void = () => undefined) =>
  changeAccount<undefined, number>(use, {
    account,
    utcOffsetMinutes: 480,
    gather: async () => undefined,
    decide: (head, recordedAt) => {
      seen(recordedAt);
      if (head.state.lostAt > 0) return { answer: head.state.lostAt };
      const write = reportLossDraft(head, { entryId: 'los_1', occurredAt: recordedAt, recordedAt, keepCodes: false });
      return { write, rows, answer: (written) => written.n };
    },
  });

async function someoneElse(): Promise<Entry> {
  const head = await passbook.head(account.schoolId, account.accountNo);
  if (head === undefined) throw new Error('no account');
  const credit = { orderNo: `o${head.n}`, channel: 'wechat-pay', amountFen: fen(100), paidAt: now, recordedAt: now } as const;
  const entry = nextEntry(head, topUpDraft(head, credit, pack), { recordedAt: Math.max(now, head.recordedAt), utcOffsetMinutes: 480 });
  expect((await passbook.append(entry)).appended).toBe(true);
  return entry;
}

describe('changing an account', () => {
  it('reads the clock after the head, so that a function frozen in between does not write an old time', async () => {
    const frozen: Passbook = {
      ...passbook,
      head: async (schoolId, accountNo) => {
        const head = await passbook.head(schoolId, accountNo);
        now += 3_600_000;
        return head;
      },
    };
    const seen: number[] = [];
    await lose({ ...deps, passbook: frozen }, [], (at) => void seen.push(at));
    expect(seen).toEqual([NOON + 3_600_000]);
  });

  it('never records before the head, whatever our clock says', async () => {
    await someoneElse();
    now -= 60_000;
    const seen: number[] = [];
    await lose(deps, [], (at) => void seen.push(at));
    expect(seen).toEqual([NOON]);
  });

  it.each([
    ['alone', []],
    ['with its rows', [row]],
  ])('decides anew on the newest head when somebody was first (%s)', async (_name, rows) => {
    let interruptions = 0;
    const contended: Passbook = {
      ...passbook,
      head: async (schoolId, accountNo) => {
        const head = await passbook.head(schoolId, accountNo);
        if (interruptions < 7) await someoneElse();
        interruptions += 1;
        return head;
      },
    };
    expect(await lose({ ...deps, passbook: contended }, rows)).toBe(9);
    expect(waits).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const { entries } = await passbook.entries('bistu', 7, { from: 1, to: 99, limit: 99 });
    expect(verifyPassbook([...entries].reverse())).toEqual([]);
  });

  it.each([
    ['alone', []],
    ['with its rows', [row]],
  ])('knows its own entry again when the store wrote it and lost the answer (%s)', async (_name, rows) => {
    // What an SDK does that repeats a write by itself: the second one finds what the first one wrote.
    const repeating: Passbook = {
      ...passbook,
      append: async (entry) => {
        await passbook.append(entry);
        return passbook.append(entry);
      },
      appendWith: async (entry, more) => {
        await passbook.appendWith(entry, more);
        return passbook.appendWith(entry, more);
      },
    };
    expect(await lose({ ...deps, passbook: repeating }, rows)).toBe(2);
    expect(waits).toEqual([]);
  });

  it('writes neither entry nor rows when a row’s condition fails, and tries again from the start', async () => {
    const gathered: number[] = [];
    const result = changeAccount<number, string>(deps, {
      account,
      utcOffsetMinutes: 480,
      gather: async () => gathered.push(1),
      decide: (head, recordedAt, count) => ({
        write: reportLossDraft(head, { entryId: 'los_1', occurredAt: recordedAt, recordedAt, keepCodes: false }),
        rows: [{ table: 'records', write: { put: { pk: 'p', sk: 's' }, when: { is: count < 3 ? 'present' : 'absent' } } }],
        answer: () => `after ${count}`,
      }),
    });
    expect(await result).toBe('after 3');
    expect((await passbook.head('bistu', 7))?.n).toBe(2);
  });

  it('gives up as busy after at least forty tries, and never silently', async () => {
    const always: Passbook = { ...passbook, append: async () => ({ appended: false, found: undefined }) };
    await expect(lose({ ...deps, passbook: always })).rejects.toMatchObject({ code: 'request.busy' });
    expect(waits.length).toBeGreaterThanOrEqual(40);
    expect((await passbook.head('bistu', 7))?.n).toBe(1);
  });

  it('gives up at its deadline, and not before forty tries', async () => {
    const always: Passbook = { ...passbook, append: async () => ({ appended: false, found: undefined }) };
    const slow = {
      ...deps,
      passbook: always,
      backOff: async (tries: number) => {
        now += 10_000;
        waits.push(tries);
      },
    };
    await expect(lose(slow)).rejects.toMatchObject({ code: 'request.busy' });
    expect(waits).toHaveLength(40);
  });

  it('refuses an account that was never opened', async () => {
    const unknown = changeAccount<undefined, number>(deps, {
      account: { schoolId: 'bistu', accountNo: 8 },
      utcOffsetMinutes: 480,
      gather: async () => undefined,
      decide: () => ({ answer: 1 }),
    });
    await expect(unknown).rejects.toMatchObject({ code: 'account.unknown' });
  });
});
