import { fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { answerWith } from '../lib/answer';
import { createNoticeWishes } from '../store/notice-wishes';
import { createNotices } from '../store/notices';
import { createModelDatabase } from '../test/model-database';
import { loadPack } from '../test/sale-fixture';
import { noticeRoutes } from './notice-routes';

/** The addresses of one holder's inbox, with as many notices as wished: the i-th of i fen, a second apart. */
async function inbox(count: number, pack: RulePack = loadPack('shanghaitech')) {
  const database = createModelDatabase();
  const notices = createNotices(database);
  const { schoolId } = pack;
  const give = (i: number, accountNo = 42) =>
    notices.addNotice({ schoolId, accountNo, key: `k${i}`, kind: 'large-spend', at: 1_000 * i, amountFen: fen(i), n: i });
  for (let i = 1; i <= count; i += 1) expect(await give(i)).toBe(true);
  const callerOf = (accountNo: number) => async () => ({ bound: { schoolId, accountNo } }) as never;
  const deps = { notices, wishes: createNoticeWishes(database), packOf: async () => pack };
  const asker = (accountNo: number) => {
    const routes = noticeRoutes({ callerOf: callerOf(accountNo), holderOf: callerOf(accountNo) }, deps);
    routes.onError((error) => {
      throw error;
    });
    const answer = answerWith(routes);
    return async (method: 'GET' | 'POST' | 'PUT', path: string, more: { query?: Record<string, string>; body?: unknown } = {}) => {
      const rawBody = new TextEncoder().encode(JSON.stringify(more.body ?? {}));
      const request = { method, path, query: more.query ?? {}, headers: {}, sourceIp: '192.0.2.1', requestId: 'r', rawBody };
      return JSON.parse(String((await answer(request)).body));
    };
  };
  return { ask: asker(42), askAs: asker, give, notices, database, schoolId };
}

const amounts = ({ notices }: { notices: { amountFen: number }[] }) => notices.map(({ amountFen }) => amountFen);

describe('the inbox', () => {
  it('is shown newest first, twenty at a time, each notice once however often it was given', async () => {
    const { ask, give } = await inbox(25);
    expect(await give(3)).toBe(false);
    const first = await ask('GET', '/notices');
    expect(amounts(first)).toEqual(Array.from({ length: 20 }, (_, i) => 25 - i));
    expect(first).toMatchObject({ unread: 25, notices: expect.arrayContaining([expect.objectContaining({ n: 25, read: false })]) });
    const second = await ask('GET', '/notices', { query: { cursor: first.nextCursor } });
    expect(amounts(second)).toEqual([5, 4, 3, 2, 1]);
    expect(second.nextCursor).toBeNull();
  });

  it('that is empty says so', async () => {
    expect(await (await inbox(0)).ask('GET', '/notices')).toEqual({ notices: [], unread: 0, nextCursor: null });
  });

  it('takes no cursor that somebody made up', async () => {
    const { ask } = await inbox(2);
    for (const cursor of ['zzzz', Buffer.from('NOTICE').toString('base64url'), Buffer.from('~').toString('base64url')])
      await expect(ask('GET', '/notices', { query: { cursor } })).rejects.toThrow('request.malformed');
  });

  it('counts up to a hundred unread', async () => {
    expect((await (await inbox(103)).ask('GET', '/notices')).unread).toBe(100);
  });
});

describe('what was seen', () => {
  it('is everything up to the notice that is named, and what comes later is not', async () => {
    const { ask, give } = await inbox(5);
    const { notices } = await ask('GET', '/notices');
    expect(await ask('POST', '/notices/read', { body: { through: notices[1].id } })).toEqual({ unread: 1 });
    const now = await ask('GET', '/notices');
    expect(now.notices.map(({ read }: { read: boolean }) => read)).toEqual([false, true, true, true, true]);
    expect(await ask('POST', '/notices/read', { body: { through: notices[0].id } })).toEqual({ unread: 0 });
    await give(6);
    expect((await ask('GET', '/notices')).unread).toBe(1);
  });

  it('never goes back, whichever of two phones is slower', async () => {
    const { ask } = await inbox(5);
    const { notices } = await ask('GET', '/notices');
    const read = (i: number) => ask('POST', '/notices/read', { body: { through: notices[i].id } });
    await Promise.all([read(0), read(4), read(2)]);
    expect((await ask('GET', '/notices')).unread).toBe(0);
    expect(await read(3)).toEqual({ unread: 0 });
  });

  it('is named by a notice of one’s own', async () => {
    const { ask, askAs, give } = await inbox(1);
    await give(9, 77);
    const theirs = (await askAs(77)('GET', '/notices')).notices[0].id;
    const later = Buffer.from('999999999999999#k1').toString('base64url');
    for (const through of [theirs, later, 'zzzz'])
      await expect(ask('POST', '/notices/read', { body: { through } })).rejects.toThrow('notices.unknown');
    await expect(ask('POST', '/notices/read', { body: { through: '../x' } })).rejects.toThrow('request.malformed');
    expect((await ask('GET', '/notices')).unread).toBe(1);
  });
});

describe('the settings', () => {
  const wish = {
    lowBalance: { on: true, fen: 500 },
    largeSpend: { on: false, fen: 3_000 },
    claimWaiting: { on: true },
    refund: { on: false },
  };

  it('are the school’s at first, and then what was chosen', async () => {
    const { ask } = await inbox(0);
    expect(await ask('GET', '/notices/settings')).toEqual({
      lowBalance: { on: true, fen: 2_000, choicesFen: [500, 1_000, 2_000, 5_000, 10_000] },
      largeSpend: { on: true, fen: 10_000, choicesFen: [3_000, 5_000, 10_000, 20_000, 50_000] },
      claimWaiting: { on: true },
      refund: { on: true },
    });
    const saved = await ask('PUT', '/notices/settings', { body: wish });
    expect(saved).toMatchObject({ lowBalance: { on: true, fen: 500 }, largeSpend: { on: false, fen: 3_000 }, refund: { on: false } });
    expect(await ask('GET', '/notices/settings')).toEqual(saved);
  });

  it.each([777, -500, 0, '500', 5.5, null])('take no amount that is not offered: %p', async (amount) => {
    const { ask } = await inbox(0);
    for (const name of ['lowBalance', 'largeSpend'])
      await expect(ask('PUT', '/notices/settings', { body: { ...wish, [name]: { on: true, fen: amount } } })).rejects.toThrow(
        'notices.amount-not-offered',
      );
  });

  it('have no word on claiming where top-ups arrive at once', async () => {
    expect((await (await inbox(0, loadPack('bistu'))).ask('GET', '/notices/settings')).claimWaiting).toBeNull();
  });

  it('name no amounts where the school’s rules name none', async () => {
    const { notices: _none, ...pack } = loadPack('bistu');
    const { ask } = await inbox(0, pack);
    expect(await ask('PUT', '/notices/settings', { body: wish })).toMatchObject({
      lowBalance: null,
      largeSpend: null,
      refund: { on: false },
    });
  });
});
