import * as alipay from '../testing/alipay';
import { newKeys } from '../testing/keys';
import { fakeNetwork } from '../testing/network';
import { refusalOf } from '../testing/refusals';
import { createAlipayGateway, isTheirFault } from './gateway';

const METHOD = 'alipay.trade.query';
const app = { appId: alipay.APP_ID, appPrivateKey: alipay.appKeys.privateKey, alipayPublicKey: alipay.platformKeys.publicKey };

function gateway(text: string) {
  const network = fakeNetwork(() => alipay.jsonResponse(text));
  const deps = { fetch: network.fetch, now: () => alipay.NOW, randomBytes: (count: number) => new Uint8Array(count) };
  return { sent: network.sent, ...createAlipayGateway(app, { ...alipay.settings }, deps, 'top-up.platform-unavailable') };
}

const refused = { code: '40004', msg: 'Business Failed', sub_code: 'ACQ.TRADE_NOT_EXIST' };

test('D10: keys of biz_content that are data are sent as they are', async () => {
  const { call, sent } = gateway(alipay.answerText(METHOD, { code: '10000' }));
  const bizContent = { out_trade_no: 'x', SJTU2024Fall: 'a', 'place-3': 'b', HTTPServer: 'c' };
  await call({ method: METHOD, bizContent });
  expect(JSON.parse(new URLSearchParams(sent[0]?.body).get('biz_content') ?? '')).toEqual(bizContent);
});

test('D1: a refusal under a wrong signature is no refusal', async () => {
  const { call } = gateway(alipay.answerText(METHOD, refused, newKeys().privateKey));
  const error = await refusalOf(() => call({ method: METHOD, bizContent: {} }));
  expect(error.code).toBe('top-up.platform-unavailable');
  expect(error.detail).toMatchObject({ reason: 'answer-bad-signature' });
});

test('D1: a signed refusal is told from an unsigned one', async () => {
  const signed = gateway(alipay.answerText(METHOD, refused));
  const unsigned = gateway(JSON.stringify({ alipay_trade_query_response: refused }));
  const told = { isError: true, code: '40004', subCode: 'ACQ.TRADE_NOT_EXIST' };
  expect(await signed.call({ method: METHOD })).toEqual({ ...told, signed: true });
  expect(await unsigned.call({ method: METHOD })).toEqual({ ...told, signed: false });
});

test('D1: a signature is taken in one spelling only, without spare bits or rubbish', async () => {
  const content = JSON.stringify({ code: '10000' });
  const sign = alipay.signText(content);
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const at = sign.replace(/=+$/, '').length - 1;
  const spare = sign.slice(0, at) + digits.charAt(digits.indexOf(sign.charAt(at)) ^ 1) + sign.slice(at + 1);
  // 256 bytes leave one in the last group: its second digit has four spare bits, which Node's decoder ignores.
  expect(Buffer.from(spare, 'base64')).toEqual(Buffer.from(sign, 'base64'));
  for (const other of [spare, `${sign}\n`, ` ${sign}`, sign.replace(/=+$/, ''), `${sign}!`]) {
    const { call } = gateway(`{"alipay_trade_query_response":${content},"sign":${JSON.stringify(other)}}`);
    expect((await refusalOf(() => call({ method: METHOD }))).code).toBe('top-up.platform-unavailable');
  }
});

test('D1: where slashes were escaped after signing, the text that was signed is the one that is read', async () => {
  const signed = '{"code":"10000","trade_no":"a\\/b"}';
  const sent = signed.replace('\\/', '\\\\/');
  expect(JSON.parse(sent)).toEqual({ code: '10000', trade_no: 'a\\/b' });
  const { call } = gateway(`{"alipay_trade_query_response":${sent},"sign":${JSON.stringify(alipay.signText(signed))}}`);
  expect(await call({ method: METHOD })).toEqual({ isError: false, content: { code: '10000', trade_no: 'a/b' } });
});

test.each([
  ['20000', 'anything', true],
  ['40004', 'ACQ.SYSTEM_ERROR', true],
  ['40004', 'aop.ACQ.SYSTEM_ERROR', true],
  ['20000', 'isp.unknow-error', true],
  ['40004', 'ACQ.TRADE_NOT_EXIST', false],
  ['40002', 'isv.invalid-signature', false],
  ['40001', 'aop.invalid-app-auth-token', false],
])('code %s %s is their fault: %s', (code, subCode, expected) => {
  expect(isTheirFault({ code, subCode })).toBe(expected);
});
