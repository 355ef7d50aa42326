import { newKeys, serialOf } from '../testing/keys';
import { codeOf } from '../testing/refusals';
import * as wechat from '../testing/wechat-pay';
import { createWechatRefundNotices } from './refund-notices';

const notices = createWechatRefundNotices(wechat.noticeSettings);
const read = ({ body, headers }: wechat.Notice, now = wechat.NOW) => notices.parseRefundNotice(body, headers, now);
const refusal = (notice: wechat.Notice) => codeOf(() => read(notice));
const told = wechat.refundNotice;
const names = { refundNo: told.out_refund_no, merchantOrderNo: told.out_trade_no, noticeId: 'EV-2026112112000000001' };

test('a refund that succeeded is read into our words', () => {
  expect(read(wechat.refundNoticeOf(told))).toEqual({
    ...names,
    status: 'succeeded',
    amountFen: 500,
    platformRefundNo: told.refund_id,
    refundedAt: Date.UTC(2026, 10, 21, 4, 0, 3),
  });
});

test.each([
  ['REFUND.CLOSED', 'CLOSED', 'failed'],
  ['REFUND.ABNORMAL', 'ABNORMAL', 'stuck'],
  ['REFUND.SUCCESS', 'SOMETHING_NEW', 'pending'],
  // The event is outside of what is sealed; the sealed state decides.
  ['REFUND.SUCCESS', 'CLOSED', 'failed'],
])('%s with %s is %s', (event, refund_status, status) => {
  expect(read(wechat.refundNoticeOf({ ...told, refund_status }, event))).toEqual({ ...names, status });
});

test('is answered as a payment notice is', () => {
  expect(notices.noticeAnswer('accepted').status).toBe(204);
  expect(notices.noticeAnswer('refused').status).toBe(400);
});

test.each([
  ['of another merchant', { mchid: '1900000110' }, 'callback.other-merchant'],
  ['in another currency', { amount: { refund: 500, currency: 'USD' } }, 'callback.amount-mismatch'],
  ['without an amount', { amount: undefined }, 'request.malformed'],
  ['without a time', { success_time: 'yesterday' }, 'request.malformed'],
  ['without a state', { refund_status: undefined }, 'request.malformed'],
  ['without our number', { out_refund_no: undefined }, 'request.malformed'],
])('a genuine notice %s is refused', async (_what, changes, code) => {
  expect(await refusal(wechat.refundNoticeOf({ ...told, ...changes }))).toBe(code);
});

test('a payment notice is no refund notice, and the other way round', async () => {
  expect(await refusal(wechat.noticeOf(wechat.paidTransaction))).toBe('request.malformed');
  expect(await refusal(wechat.refundNoticeOf(told, 'TRANSACTION.SUCCESS'))).toBe('request.malformed');
});

test.each([
  ['unsigned', () => ({ ...wechat.refundNoticeOf(told), headers: {} }), 'callback.bad-signature'],
  ['signed by a stranger', () => wechat.refundNoticeOf(told, 'REFUND.SUCCESS', { keys: newKeys() }), 'callback.bad-signature'],
  ['under an unknown serial', () => wechat.refundNoticeOf(told, 'REFUND.SUCCESS', { serial: serialOf('x') }), 'callback.unknown-serial'],
  [
    'five minutes and a second old',
    () => wechat.refundNoticeOf(told, 'REFUND.SUCCESS', { timestamp: String(wechat.NOW_SECONDS - 301) }),
    'callback.stale',
  ],
] as const)('a notice that is %s is refused', async (_what, notice, code) => {
  expect(await refusal(notice())).toBe(code);
});

test('a ciphertext with one byte flipped is refused below a right signature', async () => {
  const sealed = wechat.seal(JSON.stringify(told), { associatedData: 'refund' });
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  bytes.writeUInt8(bytes.readUInt8(9) ^ 1, 9);
  const forged = { ...wechat.envelope({ ...sealed, ciphertext: bytes.toString('base64') }), event_type: 'REFUND.SUCCESS' };
  expect(await refusal(wechat.signedNotice(forged))).toBe('callback.undecryptable');
});
