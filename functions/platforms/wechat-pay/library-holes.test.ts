import Pay from 'wechatpay-node-v3';
import * as wechat from '../testing/wechat-pay';

/**
 * Why this folder verifies and decrypts by itself (docs/decisions/0005-payment-sdks.md). Should a test here fail after
 * an update, the library has closed the hole and the decision can be looked at again.
 */
const library = new Pay({
  appid: wechat.MINI_APP,
  mchid: wechat.MERCHANT_ID,
  serial_no: wechat.MERCHANT_SERIAL,
  publicKey: Buffer.from(wechat.merchantKeys.publicPem),
  privateKey: Buffer.from(wechat.merchantKeys.privatePem),
  key: wechat.API_V3_KEY,
});

const sealed = wechat.seal('{"total":1}');

test('wechatpay-node-v3 2.2.1 decrypts a forged amount', () => {
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  bytes.writeUInt8(bytes.readUInt8(9) ^ ('1'.charCodeAt(0) ^ '9'.charCodeAt(0)), 9);
  expect(library.decipher_gcm(bytes.toString('base64'), sealed.associated_data, sealed.nonce)).toEqual({ total: 9 });
});

test('wechatpay-node-v3 2.2.1 decrypts with a zero tag and wrong associated data', () => {
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  bytes.subarray(-16).fill(0);
  expect(library.decipher_gcm(bytes.toString('base64'), 'wrong', sealed.nonce)).toEqual({ total: 1 });
});

test('wechatpay-node-v3 2.2.1 accepts a timestamp of 1970', async () => {
  const body = Buffer.from('{}');
  const headers = wechat.signedHeaders(body, { timestamp: '1' });
  // The certificate store is a protected static that all merchants of a process share.
  const store = Pay as unknown as { certificates: Record<string, string> };
  store.certificates[wechat.CERTIFICATE_SERIAL] = wechat.certificateKeys.publicPem;
  const verdict = await library.verifySign({
    timestamp: '1',
    nonce: headers['wechatpay-nonce'] ?? '',
    body: '{}',
    serial: wechat.CERTIFICATE_SERIAL,
    signature: headers['wechatpay-signature'] ?? '',
  });
  expect(verdict).toBe(true);
});
