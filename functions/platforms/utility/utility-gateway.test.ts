import { randomBytes } from 'node:crypto';
import { fen } from '../../../shared/money';
import { fakeNetwork, noNetwork, type SentRequest, serve } from '../testing/network';
import { type Answering, answerTo, ed25519, isOurs, NOW, numberOf, settings as partner } from '../testing/partner';
import { codeOf, refusalOf } from '../testing/refusals';
import { createUtilityGateway } from './utility-gateway';

const { sealKey, ...settings } = partner;
const deps = { fetch: noNetwork, now: () => NOW, randomBytes };
const room = { schoolId: 'bistu', kind: 'electricity', account: '3-412' } as const;
const payment = { requestNo: 'ord_01JD0000000000000000000001', ...room, amountFen: fen(5_000) };
const found = { account: '3-412', maskedOwner: '张*', maskedPlace: '3 号楼 4**', balanceFen: -320 };
const paid = { status: 'succeeded', amountFen: 5_000, receiptNo: 'R1', at: '2026-11-21T12:00:00+08:00' };

function gateway(answer: (request: SentRequest) => Response | Promise<Response>) {
  const network = fakeNetwork(answer);
  return { sent: network.sent, utility: createUtilityGateway(settings, { ...deps, fetch: network.fetch }) };
}

const answering = (content: Readonly<Record<string, unknown>>, how: Answering = {}) =>
  gateway((request) => answerTo(request, content, how));

test('looks an account up under a number of its own each time', async () => {
  const { utility, sent } = answering(found);
  expect(await utility.findAccount(room)).toEqual(found);
  await utility.findAccount({ ...room, account: ' 3-412 ' });
  expect(sent.every((request) => isOurs(request))).toBe(true);
  expect(new Set(sent.map(numberOf)).size).toBe(2);
  expect(JSON.parse(sent[1]?.body ?? '')).toMatchObject(room);
});

test('leaves out what the supplier does not tell', async () => {
  expect(await answering({ account: '3-412', maskedOwner: '张*' }).utility.findAccount(room)).toEqual({
    account: '3-412',
    maskedOwner: '张*',
  });
});

test.each<[string, object]>([
  ['another account than was asked for', { account: '3-413' }],
  ['an owner that is not masked', { maskedOwner: '张三' }],
  ['a balance that is no whole fen', { balanceFen: 3.2 }],
])('believes no look-up with %s', async (_, change) => {
  expect(await codeOf(() => answering({ ...found, ...change }).utility.findAccount(room))).toBe('utility.unavailable');
});

test('pays and reads the receipt', async () => {
  const { utility, sent } = answering(paid);
  const { requestNo } = payment;
  expect(await utility.pay(payment)).toEqual({ status: 'succeeded', requestNo, amountFen: 5_000, receiptNo: 'R1', at: NOW - 123 });
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual(payment);
  expect(await utility.queryPayment({ requestNo })).toMatchObject({ status: 'succeeded' });
});

test('everything but an explicit success or failure is pending; only a query may say that there is no such payment', async () => {
  const { requestNo } = payment;
  expect(await answering({ status: 'accepted' }).utility.pay(payment)).toEqual({ status: 'pending', requestNo });
  expect(await answering({ status: 'not-found' }).utility.pay(payment)).toEqual({ status: 'pending', requestNo });
  expect(await answering({ status: 'not-found' }).utility.queryPayment(payment)).toEqual({ status: 'not-found', requestNo });
  expect(await answering({ status: 'failed', reason: 'meter-offline' }).utility.pay(payment)).toEqual({
    status: 'failed',
    requestNo,
    reason: 'meter-offline',
  });
});

test.each<[string, Answering, Record<string, unknown>]>([
  ['signed by a stranger', { keys: ed25519() }, paid],
  ['signed for another number', { requestNo: 'ord_2' }, paid],
  ['signed for another sending', { nonce: '0'.repeat(32) }, paid],
  ['changed after signing', { body: JSON.stringify({ requestNo: payment.requestNo, ...paid, receiptNo: 'R2' }) }, paid],
  ['dated long ago', { timestamp: String(NOW - 600_000) }, paid],
  ['of another amount', {}, { ...paid, amountFen: 4_999 }],
  ['a signed system error', { status: 500 }, { code: 'system-error' }],
])('an answer %s says nothing', async (_, how, content) => {
  expect(await codeOf(() => answering(content, how).utility.pay(payment))).toBe('utility.unavailable');
});

test('a supplier that never answers says nothing', async () => {
  const server = await serve(() => undefined);
  const utility = createUtilityGateway({ ...settings, baseUrl: server.url, timeoutMs: 100 }, { ...deps, fetch: globalThis.fetch });
  expect((await refusalOf(() => utility.pay(payment))).detail).toMatchObject({ platform: 'utility', reason: 'timeout' });
  await server.close();
});

test('translates refusals', async () => {
  const refused = (code: string, status = 422) => refusalOf(() => answering({ code }, { status }).utility.pay(payment));
  expect((await refused('account-unknown')).code).toBe('utility.account-unknown');
  expect((await refused('number-reused', 409)).code).toBe('request.replayed-differently');
  expect(await refused('closed-for-inventory')).toMatchObject({
    code: 'utility.refused',
    detail: { platform: 'utility', supplierCode: 'closed-for-inventory' },
  });
  expect((await refused('room 3-412 of 张三')).detail).toMatchObject({ supplierCode: 'unknown' });
});

test.each([
  ['requestNo', { requestNo: '' }],
  ['account', { account: ' ' }],
  ['amountFen', { amountFen: fen(0) }],
  ['kind', { kind: 'water' }],
])('refuses a bad %s before anything is sent', async (field, change) => {
  // The type forbids the last one; what comes over HTTP is not typed.
  const request = { ...payment, ...change } as typeof payment;
  expect((await refusalOf(() => createUtilityGateway(settings, deps).pay(request))).detail).toEqual({ field });
});

test('names a bad setting and does not quote it', async () => {
  const error = await refusalOf(() => createUtilityGateway({ ...settings, privateKey: 'secret words' }, deps));
  expect([error.code, error.detail]).toEqual(['config.invalid', { platform: 'utility', setting: 'privateKey' }]);
});
