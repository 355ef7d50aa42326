import { fen, sum } from '../../shared/money';
import { createModelDatabase } from '../test/model-database';
import { ALIPAY_CODE, NativeFixture, WECHAT_CODE } from '../test/native-fixture';
import { again } from '../test/sale-fixture';
import type { NativeAnswer, NativeRequest } from './charge-native';

const world = () => new NativeFixture(createModelDatabase());
const retry = (request: NativeRequest): NativeRequest => ({ ...request, attempt: request.attempt + 1 });
const chargedEntry = (answer: NativeAnswer) => {
  if (answer.outcome !== 'charged') throw new Error(`not charged: ${JSON.stringify(answer)}`);
  return answer.entry;
};

describe.each([
  ['BI-09', 'wechat-pay', WECHAT_CODE, 'wx0000000000000001'],
  ['BI-13', 'alipay', ALIPAY_CODE, '2021000000000001'],
] as const)('%s: a code of %s', (_, channel, code, appId) => {
  it('that is paid at once is a sale of the merchant and moves nothing of a holder', async () => {
    const fixture = world();
    fixture.codePay[channel].script = ['success'];
    const request = fixture.sale(code);
    const entry = chargedEntry(await fixture.ask('charge', request));
    const { sequence } = request.body;
    expect(entry).toMatchObject({
      kind: 'native-charge',
      entryId: `7-${sequence}`,
      orderNo: fixture.orderNo(request),
      merchant: 12,
      requestHash: request.bodyHash,
      counterparty: { book: 'terminal/7/2026-11-21', place: String(sequence).padStart(9, '0') },
    });
    expect(entry.postings).toEqual([
      { leg: `channel:${channel}`, amountFen: -1_250 },
      { leg: 'merchant:12', amountFen: 1_250 },
    ]);
    expect(Object.values(entry.state.balances)).toEqual([0, 0, 0, 0, 0]);
    // Whoever asks, however often, hears the same.
    for (const what of ['charge', 'query'] as const) expect(chargedEntry(await fixture.ask(what, retry(request)))).toEqual(entry);
    expect(fixture.codePay[channel].log.filter(({ call }) => call === 'pay')).toHaveLength(1);
    expect((await fixture.native.natives.find('bistu', fixture.orderNo(request)))?.appId).toBe(appId);
  });

  it('whose payer types a password is pending, and a sale as soon as a question hears of it', async () => {
    const fixture = world();
    fixture.codePay[channel].script = ['userpaying', 'userpaying', 'success'];
    const request = fixture.sale(code);
    expect(await fixture.ask('charge', request)).toMatchObject({ outcome: 'pending' });
    expect(await fixture.ask('query', retry(request))).toMatchObject({ outcome: 'pending' });
    fixture.later(5_000);
    expect(await fixture.ask('query', retry(request))).toMatchObject({ outcome: 'pending' });
    fixture.later(5_000);
    // The till is dead: the queue asks.
    await fixture.poll();
    const calls = fixture.codePay[channel].log.length;
    chargedEntry(await fixture.ask('query', retry(request)));
    expect(fixture.codePay[channel].log).toHaveLength(calls);
  });

  it('that nobody pays is given up after 45 s and reversed, never before', async () => {
    const fixture = world();
    const request = fixture.sale(code);
    expect(await fixture.ask('charge', request)).toMatchObject({ outcome: 'pending' });
    for (let second = 0; second < 44; second += 1) {
      fixture.later(1_000);
      expect(await fixture.ask('query', retry(request))).toMatchObject({ outcome: 'pending' });
    }
    fixture.later(1_000);
    expect(await fixture.ask('query', retry(request))).toEqual({ outcome: 'not-charged', code: 'native.cancelled', definite: true });
    expect(fixture.codePay[channel].log.at(-1)).toMatchObject({ call: 'reverse', at: request.body.occurredAt + 45_000 });
    expect(await fixture.native.natives.find('bistu', fixture.orderNo(request))).toMatchObject({ state: 'reversed' });
    expect(await fixture.guests()).toEqual([]);
  });

  it.each([
    ['refused', 'native.refused'],
    ['expired', 'native.code-expired'],
  ] as const)('that the platform says is %s is not charged, for ever', async (step, reason) => {
    const fixture = world();
    fixture.codePay[channel].script = [step];
    const request = fixture.sale(code);
    const answer = { outcome: 'not-charged', code: reason, definite: true };
    for (const what of ['charge', 'query', 'void', 'charge'] as const) expect(await fixture.ask(what, request)).toEqual(answer);
    expect(fixture.codePay[channel].log).toHaveLength(1);
  });

  it('that is voided while its payer types is never a sale, is reversed after 15 s, and what was paid all the same goes back', async () => {
    const fixture = world();
    const platform = fixture.codePay[channel];
    const request = fixture.sale(code);
    await fixture.ask('charge', request);
    fixture.later(3_000);
    const answer = { outcome: 'not-charged', code: 'native.cancelled', definite: true };
    expect(await fixture.ask('void', request)).toEqual(answer);
    platform.script = ['success'];
    fixture.later(12_000);
    await fixture.poll();
    expect(await fixture.ask('charge', retry(request))).toEqual(answer);
    expect(platform.log.filter(({ call }) => call === 'reverse')).toEqual([]);
    expect(platform.keptFen(fixture.orderNo(request))).toBe(0);
    expect(fixture[channel === 'alipay' ? 'alipay' : 'wechat'].givenFen(fixture.orderNo(request))).toBe(1_250);
    expect(await fixture.native.natives.find('bistu', fixture.orderNo(request))).toMatchObject({ state: 'given-back' });
  });

  it('that is voided at once is not reversed one millisecond before 15 s have passed, whoever asks', async () => {
    const fixture = world();
    const { log } = fixture.codePay[channel];
    const request = fixture.sale(code);
    await fixture.ask('charge', request);
    const reversals = () => log.filter(({ call }) => call === 'reverse').map(({ at }) => at - request.body.occurredAt);
    for (const passes of [0, 5_000, 9_999]) {
      fixture.later(passes);
      for (const what of ['void', 'query', 'charge'] as const) await fixture.ask(what, retry(request));
      await fixture.poll();
      expect(reversals()).toEqual([]);
    }
    fixture.later(1);
    await fixture.poll();
    expect(reversals()).toEqual([15_000]);
    expect(await fixture.native.natives.find('bistu', fixture.orderNo(request))).toMatchObject({ state: 'reversed' });
  });

  it('that is paid and voided goes back to its payer once, and the merchant has nothing of it', async () => {
    const fixture = world();
    fixture.codePay[channel].script = ['success'];
    const request = fixture.sale(code);
    await fixture.ask('charge', request);
    const first = await fixture.ask('void', request);
    expect(first).toMatchObject({ outcome: 'voided', entry: { reverses: `7-${request.body.sequence}` } });
    expect(await fixture.ask('void', retry(request))).toEqual(first);
    expect(fixture[channel === 'alipay' ? 'alipay' : 'wechat'].givenFen(fixture.orderNo(request))).toBe(1_250);
    const postings = (await fixture.guests()).flatMap((entry) => entry.postings);
    expect(sum(postings.filter(({ leg }) => leg === 'merchant:12').map(({ amountFen }) => amountFen))).toBe(0);
    // That it was charged is what happened.
    expect(await fixture.ask('query', retry(request))).toMatchObject({ outcome: 'charged' });
  });

  it('whose refund the platform refuses is not voided, and the cashier hears so', async () => {
    const fixture = world();
    fixture.codePay[channel].script = ['success'];
    const request = fixture.sale(code);
    await fixture.ask('charge', request);
    fixture[channel === 'alipay' ? 'alipay' : 'wechat'].next = 'refused';
    await expect(fixture.ask('void', request)).rejects.toThrow('native.not-reversible');
  });
});

describe('who bought', () => {
  async function linked(fixture: NativeFixture, target: 'wechat' | 'alipay', appId: string): Promise<number> {
    const accountNo = await fixture.till.account({ cardFen: 2_000 });
    await fixture.database.transact([fixture.links.newRow({ schoolId: 'bistu', target, appId, openid: 'oPayer', accountNo })]);
    return accountNo;
  }

  it.each([
    ['DL-41 BI-08', 'wechat-pay', WECHAT_CODE, 'wechat', 'wx0000000000000001'],
    ['DL-43 BI-12', 'alipay', ALIPAY_CODE, 'alipay', '2021000000000001'],
  ] as const)('%s: is the student whose identity is linked, whose balance stays as it was', async (_, channel, code, target, appId) => {
    const fixture = world();
    const accountNo = await linked(fixture, target, appId);
    fixture.codePay[channel].script = ['success'];
    const entry = chargedEntry(await fixture.ask('charge', fixture.sale(code)));
    expect(entry).toMatchObject({ accountNo, kind: 'native-charge', state: { balances: { card: 2_000 } } });
    expect(await fixture.guests()).toEqual([]);
  });

  it.each([
    ['whom nobody has linked', 'oStranger'],
    ['whom the platform hides', undefined],
  ])('is a guest of the till and day where the payer is one %s', async (_, payer) => {
    const fixture = world();
    await linked(fixture, 'wechat', 'wx0000000000000001');
    fixture.codePay['wechat-pay'].payer = payer;
    fixture.codePay['wechat-pay'].script = ['success', 'success'];
    await fixture.ask('charge', fixture.sale(WECHAT_CODE));
    await fixture.ask('charge', fixture.sale(WECHAT_CODE));
    expect((await fixture.guests()).map(({ n, kind }) => [n, kind])).toEqual([
      [1, 'native-charge'],
      [2, 'native-charge'],
    ]);
  });

  it('is a guest once the account is closed', async () => {
    const fixture = world();
    const accountNo = await linked(fixture, 'wechat', 'wx0000000000000001');
    await fixture.till.change(accountNo, (head) => ({
      ...{ kind: 'account-closed', entryId: 'closed', postings: [], occurredAt: fixture.till.now },
      state: { ...head.state, closed: true },
    }));
    fixture.codePay['wechat-pay'].script = ['success'];
    await fixture.ask('charge', fixture.sale(WECHAT_CODE));
    expect(await fixture.guests()).toHaveLength(1);
  });
});

describe('what is refused before any platform is asked', () => {
  it.each([
    ['a campus code', '911234567894212345678901', 'native.campus-code'],
    ['a UnionPay code', '6212345678901234567', 'code.unionpay'],
    ['no code', '12345', 'code.malformed'],
  ])('%s, by name and for ever', async (_, code, reason) => {
    const fixture = world();
    const request = fixture.sale(code);
    for (const what of ['charge', 'query', 'void'] as const)
      expect(await fixture.ask(what, request)).toEqual({ outcome: 'not-charged', code: reason, definite: true });
    expect(fixture.codePay['wechat-pay'].log).toEqual([]);
  });

  it.each([0, -1, 0.5, '12', undefined])('an amount of %p', async (amountFen) => {
    const fixture = world();
    const request = { ...fixture.sale(WECHAT_CODE), body: { ...fixture.sale(WECHAT_CODE).body, amountFen } };
    expect(await fixture.ask('charge', request)).toMatchObject({ code: 'payment.amount-invalid', definite: true });
  });

  it('a card, and a machine that is no till', async () => {
    const fixture = world();
    const byCard = fixture.sale('', 100, { kind: 'charge-card', card: '1' } as never);
    expect(await fixture.ask('charge', byCard)).toMatchObject({ code: 'native.campus-code' });
    const kiosk = { ...fixture.sale(WECHAT_CODE), terminal: { ...fixture.terminal, kind: 'kiosk' } as const };
    await expect(fixture.ask('charge', kiosk)).rejects.toThrow('terminal.wrong-kind');
  });

  it('a school that takes no such codes: final from the second attempt on', async () => {
    const fixture = world();
    const { nativeCodes: _none, ...pack } = fixture.till.pack;
    const request = { ...fixture.sale(WECHAT_CODE), pack };
    expect(await fixture.ask('charge', request)).toEqual({ outcome: 'not-charged', code: 'native.not-offered', definite: false });
    const fenced = { outcome: 'not-charged', code: 'native.not-offered', definite: true };
    expect(await fixture.ask('charge', retry(request))).toEqual(fenced);
    // The school signs up a moment later: the sale stays refused.
    expect(await fixture.ask('charge', { ...retry(request), pack: fixture.till.pack })).toEqual(fenced);
  });

  it('more than one sale at this till may be', async () => {
    const fixture = world();
    const limited = (maxSaleFen: number) => ({
      ...fixture.sale(WECHAT_CODE),
      terminal: { ...fixture.terminal, maxSaleFen: fen(maxSaleFen) },
    });
    expect(await fixture.ask('charge', limited(1_249))).toMatchObject({ code: 'payment.over-terminal-limit', definite: false });
    expect(await fixture.ask('charge', limited(1_250))).toMatchObject({ outcome: 'pending' });
  });

  it('a till whose clock is ahead, which writes nothing; and a sale with no time left to be given up in', async () => {
    const fixture = world();
    const early = fixture.sale(WECHAT_CODE, 100, { occurredAt: fixture.till.now + 30_001 });
    expect(await fixture.ask('charge', early)).toEqual({ outcome: 'not-charged', code: 'terminal.clock', definite: false });
    const late = fixture.sale(WECHAT_CODE, 100, { occurredAt: fixture.till.now - 40_001 });
    expect(await fixture.ask('charge', late)).toEqual({ outcome: 'not-charged', code: 'payment.not-charged', definite: false });
    expect(await fixture.ask('query', late)).toEqual({ outcome: 'unknown', code: 'payment.unknown' });
    fixture.later(20_000);
    expect(await fixture.ask('query', late)).toEqual({ outcome: 'not-charged', code: 'payment.not-charged', definite: true });
    expect(await fixture.ask('charge', retry(late))).toMatchObject({ code: 'payment.not-charged', definite: true });
  });

  it('another body under the same sequence', async () => {
    const fixture = world();
    fixture.codePay['wechat-pay'].script = ['success'];
    const request = fixture.sale(WECHAT_CODE);
    await fixture.ask('charge', request);
    const { sequence } = request.body;
    const other = fixture.sale(WECHAT_CODE, 1_251, { sequence });
    for (const what of ['charge', 'query', 'void'] as const) await expect(fixture.ask(what, other)).rejects.toThrow('payment.other-body');
  });

  it('a void of a sale that never came: no attempt of it can charge after it', async () => {
    const fixture = world();
    const request = fixture.sale(WECHAT_CODE);
    const never = { outcome: 'not-charged', code: 'payment.not-charged', definite: true };
    expect(await fixture.ask('void', request)).toEqual(never);
    expect(await fixture.ask('charge', request)).toEqual(never);
    expect(fixture.codePay['wechat-pay'].log).toEqual([]);
  });
});

it('a campus sale under the sequence of a sale by code is refused where it is found', async () => {
  const fixture = world();
  const accountNo = await fixture.till.account({ cardFen: 2_000 });
  await fixture.database.transact([
    fixture.links.newRow({ schoolId: 'bistu', target: 'wechat', appId: 'wx0000000000000001', openid: 'oPayer', accountNo }),
  ]);
  fixture.codePay['wechat-pay'].script = ['success'];
  const request = fixture.sale(WECHAT_CODE);
  await fixture.ask('charge', request);
  const tap = fixture.till.tapSale(accountNo, 100, { sequence: request.body.sequence });
  await expect(fixture.campus(again(tap))).rejects.toThrow('payment.other-body');
});

it('a success of another amount is nobody’s sale, and is taken back', async () => {
  const fixture = world();
  const platform = fixture.codePay['wechat-pay'];
  const request = fixture.sale(WECHAT_CODE);
  await fixture.ask('charge', request);
  const orderNo = fixture.orderNo(request);
  const held = platform.payments.get(orderNo);
  if (held === undefined) throw new Error('nothing is held');
  platform.payments.set(orderNo, { ...held, state: 'paid', amountFen: fen(1) });
  for (let second = 0; second < 50; second += 5) {
    fixture.later(5_000);
    await fixture.poll();
  }
  expect(await fixture.ask('query', request)).toMatchObject({ code: 'native.cancelled' });
  expect(platform.keptFen(orderNo)).toBe(0);
  expect(await fixture.guests()).toEqual([]);
});

it('a function that was frozen between recording and asking asks no more', async () => {
  const fixture = world();
  const request = fixture.sale(WECHAT_CODE);
  const later = { ...fixture.queue, later: async () => fixture.later(6_000) };
  expect(await fixture.ask('charge', request, { ...fixture.native, queue: later })).toEqual({
    ...{ outcome: 'not-charged', code: 'payment.not-charged', definite: true },
  });
  expect(fixture.codePay['wechat-pay'].log).toEqual([]);
});
