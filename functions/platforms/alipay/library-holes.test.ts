import { AlipaySdk } from 'alipay-sdk';
import * as alipay from '../testing/alipay';
import { newKeys } from '../testing/keys';
import { serve } from '../testing/network';

/**
 * Why this folder sends, verifies and reads by itself (docs/decisions/0005-payment-sdks.md). Should a test here fail
 * after an update, the SDK has closed the hole and the decision can be looked at again.
 */
async function ask(text: string, options?: { validateSign: boolean }): Promise<unknown> {
  const server = await serve((request, response) => {
    request.resume().on('end', () => response.end(text));
  });
  const sdk = new AlipaySdk({
    appId: alipay.APP_ID,
    privateKey: alipay.appKeys.privatePem,
    keyType: 'PKCS8',
    alipayPublicKey: alipay.platformKeys.publicPem,
    gateway: server.url,
    camelcase: false,
  });
  try {
    return await sdk.exec('alipay.trade.query', { bizContent: { out_trade_no: alipay.ORDER_NO } }, options);
  } finally {
    await server.close();
  }
}

const paid = { code: '10000', out_trade_no: alipay.ORDER_NO, trade_status: 'TRADE_SUCCESS' };
const unpaid = { ...paid, trade_status: 'WAIT_BUYER_PAY' };

test('alipay-sdk 4.14.0 believes a forged answer unless told to verify', async () => {
  const forged = alipay.answerText('alipay.trade.query', paid, newKeys().privateKey);
  expect(await ask(forged)).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
  await expect(ask(forged, { validateSign: true })).rejects.toThrow();
});

test('alipay-sdk 4.14.0 loses the sub_code of an unsigned error_response when told to verify', async () => {
  const refused = JSON.stringify({ error_response: { code: '40002', sub_code: 'isv.invalid-app-id' } });
  await expect(ask(refused, { validateSign: true })).rejects.toMatchObject({ name: 'TypeError' });
  await expect(ask(refused, { validateSign: true })).rejects.not.toThrow('isv.invalid-app-id');
});

test('alipay-sdk 4.14.0, told to verify, verifies one object of an answer and returns another', async () => {
  const genuine = alipay.answerText('alipay.trade.query', unpaid);
  const sign = genuine.slice(genuine.lastIndexOf(',"sign"'), -1);
  const member = genuine.slice(1, genuine.lastIndexOf(',"sign"'));
  const forgedLast = `{${member}${sign},"alipay_trade_query_response":${JSON.stringify(paid)}}`;
  expect(await ask(forgedLast, { validateSign: true })).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
});

test('alipay-sdk 4.14.0 accepts a notice signed with SHA-1, and throws on a sign_type it does not know', () => {
  const sdk = new AlipaySdk({
    appId: alipay.APP_ID,
    privateKey: alipay.appKeys.privatePem,
    keyType: 'PKCS8',
    alipayPublicKey: alipay.platformKeys.publicPem,
  });
  const content = alipay.contentOf(alipay.paidNotice);
  const sign = alipay.signText(content, alipay.platformKeys.privateKey, 'RSA-SHA1');
  expect(sdk.checkNotifySignV2({ ...alipay.paidNotice, sign, sign_type: 'RSA' })).toBe(true);
  expect(() => sdk.checkNotifySignV2({ ...alipay.paidNotice, sign, sign_type: 'RSA3' })).toThrow(
    expect.objectContaining({ name: 'TypeError' }),
  );
});

test('alipay-sdk 4.14.0 throws a URIError on a percent sign in a subject (checkNotifySign, the older one)', () => {
  const sdk = new AlipaySdk({
    appId: alipay.APP_ID,
    privateKey: alipay.appKeys.privatePem,
    keyType: 'PKCS8',
    alipayPublicKey: alipay.platformKeys.publicPem,
  });
  const sign = alipay.signText(alipay.contentOf(alipay.paidNotice));
  expect(() => sdk.checkNotifySign({ ...alipay.paidNotice, sign, sign_type: 'RSA2' })).toThrow(URIError);
});
