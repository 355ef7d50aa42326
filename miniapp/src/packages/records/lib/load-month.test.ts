import type { StatementReply } from '../../../../../shared/api/student';
import { ZERO } from '../../../../../shared/money';
import { entryOf } from '../test/entries';
import { loadMonth } from './load-month';

const reply = (numbers: readonly number[], nextCursor: string | null): StatementReply => ({
  month: '2026-11',
  entries: numbers.map((n) => entryOf({ n })),
  nextCursor,
  spentFen: ZERO,
  receivedFen: ZERO,
  spentByDay: {},
  asOf: '2026-11-21T12:00:00.000+08:00',
});

describe('a whole month', () => {
  it('is read page by page, each entry once', async () => {
    const pages: Record<string, StatementReply> = { '': reply([9, 8, 7], '7'), '7': reply([7, 6, 5], '5'), '5': reply([4], null) };
    const asked: (string | undefined)[] = [];
    const { entries } = await loadMonth(async ({ cursor }) => {
      asked.push(cursor);
      return pages[cursor ?? ''] ?? reply([], null);
    }, '2026-11');
    expect(entries.map(({ n }) => n)).toEqual([9, 8, 7, 6, 5, 4]);
    expect(asked).toEqual([undefined, '7', '5']);
  });

  it('ends where a server never would', async () => {
    let asked = 0;
    await loadMonth(async () => {
      asked += 1;
      return reply([asked], 'more');
    }, '2026-11');
    expect(asked).toBe(200);
  });

  it('fails as a page fails', async () => {
    await expect(loadMonth(() => Promise.reject(new Error('offline')), '2026-11')).rejects.toThrow('offline');
  });
});
