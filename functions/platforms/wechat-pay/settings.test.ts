import { certificateFor, newKeys, serialOf } from '../testing/keys';
import { noNetwork } from '../testing/network';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import * as wechat from '../testing/wechat-pay';
import { createWechatPayNotices } from './notices';
import { createWechatPay } from './wechat-pay';

const deps = { fetch: noNetwork, now: () => wechat.NOW, randomBytes: (count: number) => new Uint8Array(count) };
const refusal = (changes: Record<string, unknown>) => refusalOf(() => createWechatPay({ ...wechat.settings, ...changes }, deps));

test.each([
  ['apiV3Key', 'too short'],
  ['apiV3Key', `${wechat.API_V3_KEY}x`],
  ['merchantPrivateKey', 'not a key'],
  ['merchantPrivateKey', wechat.merchantKeys.publicPem],
  ['merchantSerialNo', 'lower-case'],
  ['merchantId', 'mch'],
  ['appIds', []],
  ['platformKeys', []],
  ['baseUrl', 'http://api.mch.weixin.qq.com'],
  ['baseUrl', 'ftp://127.0.0.1'],
  ['baseUrl', 'nonsense'],
  ['timeoutMs', 0],
  ['timeoutMs', 60_000],
])('refuses the setting %s = %j by its name and never quotes it', async (setting, value) => {
  const error = await refusal({ [setting]: value });
  expect(error.code).toBe('config.invalid');
  expect(error.detail).toMatchObject({ setting });
  if (typeof value === 'string' && value.length > 4) expect(everythingOf(error)).not.toContain(value);
});

test('refuses a certificate under a serial number that is not its own', async () => {
  const pem = certificateFor(newKeys(), serialOf('one'));
  const error = await refusal({ platformKeys: [{ serial: serialOf('another'), pem }] });
  expect(error.code).toBe('config.invalid');
});

test('refuses two keys under one serial number', async () => {
  const [first] = wechat.settings.platformKeys;
  expect((await refusal({ platformKeys: [first, first] })).code).toBe('config.invalid');
});

test('refuses a platform key of 1,024 bits', async () => {
  const platformKeys = [{ serial: wechat.PUBLIC_KEY_SERIAL, pem: newKeys(1_024).publicPem }];
  expect((await refusal({ platformKeys })).code).toBe('config.invalid');
});

test('takes the merchant key as PKCS#8, as PKCS#1 and as bare base64', () => {
  const { privateKey, privatePem } = wechat.merchantKeys;
  const pkcs1 = String(privateKey.export({ type: 'pkcs1', format: 'pem' }));
  for (const pem of [privatePem, pkcs1]) {
    for (const merchantPrivateKey of [pem, pem.replace(/-----[^-]+-----|\s/g, '')]) {
      expect(createWechatPay({ ...wechat.settings, merchantPrivateKey }, deps).name).toBe('wechat-pay');
    }
  }
});

test('the half that reads notices wants no merchant key', async () => {
  expect(createWechatPayNotices(wechat.noticeSettings).name).toBe('wechat-pay');
  expect(await codeOf(() => createWechatPayNotices({}))).toBe('config.invalid');
});
