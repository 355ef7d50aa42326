import fc from 'fast-check';
import { certificateFor, newKeys, serialOf } from '../testing/keys';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import * as wechat from '../testing/wechat-pay';
import { createWechatPayNotices } from './notices';

const notices = createWechatPayNotices(wechat.noticeSettings);
const read = ({ body, headers }: wechat.Notice, now = wechat.NOW) => notices.parseNotice(body, headers, now);
const refusal = (notice: wechat.Notice, now = wechat.NOW) => codeOf(() => read(notice, now));
const paid = wechat.paidTransaction;

describe('a genuine WeChat Pay notice', () => {
  test('is read into our words', () => {
    expect(read(wechat.noticeOf(paid))).toEqual({
      status: 'paid',
      noticeId: 'EV-2026112112000000001',
      merchantOrderNo: paid.out_trade_no,
      amountFen: 2_000,
      currency: 'CNY',
      appId: wechat.MINI_APP,
      platformTradeNo: paid.transaction_id,
      paidAt: Date.UTC(2026, 10, 21, 3, 59, 58),
      payerOpenId: paid.payer.openid,
    });
  });

  test('credits total, not payer_total, which a coupon lowers', () => {
    const amount = { total: 2_000, payer_total: 1, currency: 'CNY' };
    expect(read(wechat.noticeOf({ ...paid, amount }))).toMatchObject({ amountFen: 2_000 });
  });

  test('is read whatever the case of the header names', () => {
    const { body, headers } = wechat.noticeOf(paid);
    const shouting = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    expect(read({ body, headers: shouting }).status).toBe('paid');
  });

  test('is read with an empty associated data', () => {
    const sealed = wechat.seal(JSON.stringify(paid), { associatedData: '' });
    expect(read(wechat.signedNotice(wechat.envelope(sealed))).status).toBe('paid');
    const { associated_data: _, ...without } = sealed;
    expect(read(wechat.signedNotice(wechat.envelope(without))).status).toBe('paid');
  });

  test('is answered with an empty 204, and a refused one with a 4xx FAIL that makes the platform repeat it', () => {
    expect(notices.noticeAnswer('accepted')).toEqual({ status: 204, contentType: 'application/json', body: '' });
    const refused = notices.noticeAnswer('refused');
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'FAIL' });
  });
});

test('a deduction that failed is told as well, and is no payment', () => {
  const content = { ...paid, trade_state: 'PAY_FAIL', transaction_id: undefined, success_time: undefined };
  const event = { ...wechat.envelope(wechat.seal(JSON.stringify(content))), event_type: 'TRANSACTION.PAY_FAIL' };
  expect(read(wechat.signedNotice(event))).toEqual({
    status: 'pending',
    noticeId: 'EV-2026112112000000001',
    merchantOrderNo: paid.out_trade_no,
  });
});

test('what is sealed decides, not the event that stands outside', () => {
  const event = { ...wechat.envelope(wechat.seal(JSON.stringify({ ...paid, trade_state: 'NOTPAY' }))), event_type: 'TRANSACTION.SUCCESS' };
  expect(read(wechat.signedNotice(event)).status).toBe('not-paid');
});

describe('holes of wechatpay-node-v3, closed', () => {
  test('C1: refuses a ciphertext with one byte flipped, which would turn total 1 into total 9', async () => {
    const sealed = wechat.seal(JSON.stringify({ ...paid, amount: { total: 1, currency: 'CNY' } }));
    const bytes = Buffer.from(sealed.ciphertext, 'base64');
    const at = JSON.stringify(paid).indexOf('"total":') + '"total":'.length;
    bytes.writeUInt8(bytes.readUInt8(at) ^ ('1'.charCodeAt(0) ^ '9'.charCodeAt(0)), at);
    const forged = wechat.envelope({ ...sealed, ciphertext: bytes.toString('base64') });
    expect(await refusal(wechat.signedNotice(forged))).toBe('callback.undecryptable');
  });

  test('C1: refuses an all-zero tag', async () => {
    const sealed = wechat.seal(JSON.stringify(paid));
    const bytes = Buffer.from(sealed.ciphertext, 'base64');
    bytes.subarray(-16).fill(0);
    const forged = wechat.envelope({ ...sealed, ciphertext: bytes.toString('base64') });
    expect(await refusal(wechat.signedNotice(forged))).toBe('callback.undecryptable');
  });

  test('C1: refuses wrong associated data', async () => {
    const forged = wechat.envelope({ ...wechat.seal(JSON.stringify(paid)), associated_data: 'refund' });
    expect(await refusal(wechat.signedNotice(forged))).toBe('callback.undecryptable');
  });

  test('C1: refuses what was sealed with another APIv3 key instead of returning rubbish', async () => {
    const sealed = wechat.seal(JSON.stringify(paid), { key: 'another-key-of-the-same-length-!' });
    expect(await refusal(wechat.signedNotice(wechat.envelope(sealed)))).toBe('callback.undecryptable');
  });

  test.each([0, 1, 4, 12, 15])('C1: refuses a ciphertext cut to %i bytes, shorter than a tag', async (length) => {
    const sealed = wechat.seal(JSON.stringify(paid));
    const ciphertext = Buffer.from(sealed.ciphertext, 'base64').subarray(0, length).toString('base64');
    expect(await refusal(wechat.signedNotice(wechat.envelope({ ...sealed, ciphertext })))).toBe('callback.undecryptable');
  });

  test('C1: refuses a nonce that is not twelve bytes', async () => {
    const sealed = wechat.seal(JSON.stringify(paid), { nonce: 'sixteen-byte-iv!' });
    expect(await refusal(wechat.signedNotice(wechat.envelope(sealed)))).toBe('callback.undecryptable');
  });

  test('C2: refuses a timestamp of 1970', async () => {
    expect(await refusal(wechat.noticeOf(paid, { timestamp: '1' }))).toBe('callback.stale');
  });

  test.each([-301, 301])('C2: refuses a notice %i seconds off, though rightly signed', async (seconds) => {
    const timestamp = String(wechat.NOW_SECONDS + seconds);
    expect(await refusal(wechat.noticeOf(paid, { timestamp }))).toBe('callback.stale');
  });

  test.each([-300, 300])('C2: takes a notice %i seconds off', (seconds) => {
    const timestamp = String(wechat.NOW_SECONDS + seconds);
    expect(read(wechat.noticeOf(paid, { timestamp })).status).toBe('paid');
  });

  test.each(['', 'now', '1e9', '-5', '0x10', ' 1', `${wechat.NOW_SECONDS}.5`])('C2: refuses the timestamp %j', async (timestamp) => {
    expect(await refusal(wechat.noticeOf(paid, { timestamp }))).toBe('callback.bad-signature');
  });

  test('C2: verifies the raw bytes, not the body written anew', async () => {
    const { body } = wechat.noticeOf(paid);
    const spaced = Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1));
    expect(read({ body: spaced, headers: wechat.signedHeaders(spaced) }).status).toBe('paid');
    expect(await refusal({ body: spaced, headers: wechat.signedHeaders(body) })).toBe('callback.bad-signature');
  });

  test('C2: refuses an unknown serial without any fetch', async () => {
    const fetch = jest.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no'));
    try {
      expect(await refusal(wechat.noticeOf(paid, { serial: serialOf('stranger') }))).toBe('callback.unknown-serial');
      expect(fetch).not.toHaveBeenCalled();
    } finally {
      fetch.mockRestore();
    }
  });

  test.each(['toString', '__proto__', 'constructor', ''])('C2: finds no key under the serial %j', async (serial) => {
    expect(await refusal(wechat.noticeOf(paid, { serial }))).toBe('callback.unknown-serial');
  });

  test('C2: keeps the keys of one merchant from another', async () => {
    const keys = newKeys();
    const serial = serialOf('other merchant');
    const other = createWechatPayNotices({ ...wechat.noticeSettings, platformKeys: [{ serial, pem: certificateFor(keys, serial) }] });
    const theirs = wechat.noticeOf(paid, { keys, serial });
    expect(other.parseNotice(theirs.body, theirs.headers, wechat.NOW).status).toBe('paid');
    expect(await refusal(theirs)).toBe('callback.unknown-serial');
  });

  test('C2: refuses a SIGNTEST probe like any bad signature, and says so for the alarm', async () => {
    const { body, headers } = wechat.noticeOf(paid);
    const probe = { ...headers, 'wechatpay-signature': `WECHATPAY/SIGNTEST/${headers['wechatpay-signature']}` };
    const error = await refusalOf(() => read({ body, headers: probe }));
    expect(error.code).toBe('callback.bad-signature');
    expect(error.detail).toMatchObject({ probe: 1 });
    const canonical = { ...headers, 'wechatpay-signature': Buffer.from('WECHATPAY/SIGNTEST/', 'base64').toString('base64') };
    expect(await refusal({ body, headers: canonical })).toBe('callback.bad-signature');
  });

  test('C3: takes a platform certificate and a PUB_KEY_ID key side by side while the merchant switches', async () => {
    const onKey = { keys: wechat.publicKeyKeys, serial: wechat.PUBLIC_KEY_SERIAL };
    expect(read(wechat.noticeOf(paid)).status).toBe('paid');
    expect(read(wechat.noticeOf(paid, onKey)).status).toBe('paid');
    expect(await refusal(wechat.noticeOf(paid, { ...onKey, serial: wechat.CERTIFICATE_SERIAL }))).toBe('callback.bad-signature');
  });

  test('C3: reads PUB_KEY_ID notices with no certificate configured at all, and certificates with no key', async () => {
    const [certificate, publicKey] = wechat.noticeSettings.platformKeys;
    const onlyKey = createWechatPayNotices({ ...wechat.noticeSettings, platformKeys: [publicKey] });
    const onlyCertificate = createWechatPayNotices({ ...wechat.noticeSettings, platformKeys: [certificate] });
    const byKey = wechat.noticeOf(paid, { keys: wechat.publicKeyKeys, serial: wechat.PUBLIC_KEY_SERIAL });
    const byCertificate = wechat.noticeOf(paid);
    expect(onlyKey.parseNotice(byKey.body, byKey.headers, wechat.NOW).status).toBe('paid');
    expect(onlyCertificate.parseNotice(byCertificate.body, byCertificate.headers, wechat.NOW).status).toBe('paid');
    expect(await codeOf(() => onlyKey.parseNotice(byCertificate.body, byCertificate.headers, wechat.NOW))).toBe('callback.unknown-serial');
  });
});

describe('a WeChat Pay notice is refused', () => {
  test('without any one of its signature headers', async () => {
    const names = ['wechatpay-signature', 'wechatpay-timestamp', 'wechatpay-nonce'];
    for (const name of names) {
      const { body, headers } = wechat.noticeOf(paid);
      expect(await refusal({ body, headers: { ...headers, [name]: undefined } })).toBe('callback.bad-signature');
    }
    const { body, headers } = wechat.noticeOf(paid);
    expect(await refusal({ body, headers: { ...headers, 'wechatpay-serial': undefined } })).toBe('callback.unknown-serial');
    expect(await refusal({ body, headers: {} })).toBe('callback.bad-signature');
  });

  test('when its signature type is another one', async () => {
    const { body, headers } = wechat.noticeOf(paid);
    const other = { ...headers, 'wechatpay-signature-type': 'WECHATPAY-BRAND-SHA256-RSA2048' };
    expect(await refusal({ body, headers: other })).toBe('callback.bad-signature');
  });

  test('when the border between nonce and body is moved', async () => {
    const inner = Buffer.from('first\nsecond');
    const headers = wechat.signedHeaders(inner, { nonce: 'abc' });
    const moved = { ...headers, 'wechatpay-nonce': 'abc\nfirst' };
    expect(await refusal({ body: Buffer.from('second'), headers: moved })).toBe('callback.bad-signature');
  });

  test('when it is for another merchant', async () => {
    expect(await refusal(wechat.noticeOf({ ...paid, mchid: '1900000110' }))).toBe('callback.other-merchant');
  });

  test('when it is for another app', async () => {
    expect(await refusal(wechat.noticeOf({ ...paid, appid: 'wx0000000000000009' }))).toBe('callback.other-app');
  });

  test('when its currency is not CNY', async () => {
    expect(await refusal(wechat.noticeOf({ ...paid, amount: { total: 2_000, currency: 'HKD' } }))).toBe('callback.amount-mismatch');
  });

  test.each([0, -1, 1.5, 1e300, '2000', null])('when its total is %j', async (total) => {
    expect(await refusal(wechat.noticeOf({ ...paid, amount: { total, currency: 'CNY' } }))).toBe('request.malformed');
  });

  test.each(['mchid', 'appid', 'out_trade_no', 'trade_state', 'transaction_id', 'success_time', 'amount'])(
    'when %s is missing',
    async (name) => {
      expect(await refusal(wechat.noticeOf({ ...paid, [name]: undefined }))).toBe('request.malformed');
    },
  );

  test.each(['2026-11-21 11:59:58', '2026-11-21T11:59:58', '1763697598', '2026-13-21T11:59:58+08:00'])(
    'when its success_time is %j',
    async (success_time) => {
      expect(await refusal(wechat.noticeOf({ ...paid, success_time }))).toBe('request.malformed');
    },
  );

  test.each(['not json', '', '[]', 'null', '{"id":', '{"id":1}'])('when its signed body is %j', async (text) => {
    const body = Buffer.from(text);
    expect(await refusal({ body, headers: wechat.signedHeaders(body) })).toBe('request.malformed');
  });

  test('when its signed body is not UTF-8', async () => {
    const body = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    expect(await refusal({ body, headers: wechat.signedHeaders(body) })).toBe('request.malformed');
  });

  test.each(['REFUND.SUCCESS', 'PAYSCORE.USER_PAID', 'XTRANSACTION.SUCCESS', 'TRANSACTION.', ''])(
    'when its event is %j, which this address does not serve',
    async (event_type) => {
      const content = { ...wechat.envelope(wechat.seal(JSON.stringify(paid))), event_type };
      expect(await refusal(wechat.signedNotice(content))).toBe('request.malformed');
    },
  );

  test('when its algorithm is another one', async () => {
    const sealed = { ...wechat.seal(JSON.stringify(paid)), algorithm: 'AEAD_AES_128_GCM' };
    expect(await refusal(wechat.signedNotice(wechat.envelope(sealed)))).toBe('request.malformed');
  });

  test.each(['not json', '"text"', '[]'])('when %j was sealed in it', async (plain) => {
    expect(await refusal(wechat.signedNotice(wechat.envelope(wechat.seal(plain))))).toBe('request.malformed');
  });

  test('and the refusal tells neither the key nor the payer', async () => {
    const error = await refusalOf(() => read(wechat.noticeOf({ ...paid, mchid: '1900000110' })));
    expect(everythingOf(error)).not.toMatch(new RegExp(`${wechat.API_V3_KEY}|${paid.payer.openid}|BEGIN`));
  });
});

test.each([
  ['USERPAYING', 'pending'],
  ['NOTPAY', 'not-paid'],
  ['CLOSED', 'closed'],
  ['REVOKED', 'closed'],
  ['PAYERROR', 'pending'],
  ['REFUND', 'pending'],
  ['ACCEPT', 'pending'],
  ['success', 'pending'],
  ['', 'pending'],
])('reads trade state %j as %s', (trade_state, status) => {
  expect(read(wechat.noticeOf({ ...paid, trade_state }))).toEqual({
    status,
    merchantOrderNo: paid.out_trade_no,
    noticeId: 'EV-2026112112000000001',
  });
});

describe('flipping any bits of any one byte refuses the notice', () => {
  const genuine = wechat.noticeOf(paid);
  const spot = (length: number) => fc.record({ at: fc.nat(length - 1), bits: fc.integer({ min: 1, max: 255 }) });

  test('in the body', async () => {
    await fc.assert(
      fc.asyncProperty(spot(genuine.body.length), async ({ at, bits }) => {
        const body = Buffer.from(genuine.body);
        body.writeUInt8(body.readUInt8(at) ^ bits, at);
        expect(await refusal({ body, headers: genuine.headers })).toBe('callback.bad-signature');
      }),
      { numRuns: 300 },
    );
  });

  test.each(['wechatpay-signature', 'wechatpay-timestamp', 'wechatpay-nonce', 'wechatpay-serial'])('in %s', async (name) => {
    const value = genuine.headers[name] ?? '';
    await fc.assert(
      fc.asyncProperty(spot(value.length), async ({ at, bits }) => {
        const flipped = String.fromCharCode(value.charCodeAt(at) ^ bits);
        const headers = { ...genuine.headers, [name]: value.slice(0, at) + flipped + value.slice(at + 1) };
        expect(await refusal({ body: genuine.body, headers })).toMatch(/^callback\.(bad-signature|stale|unknown-serial)$/);
      }),
      { numRuns: 300 },
    );
  });

  test('in ciphertext, tag, nonce or associated data, even under a right signature', async () => {
    const sealed = wechat.seal(JSON.stringify(paid));
    const bytes = Buffer.from(sealed.ciphertext, 'base64');
    await fc.assert(
      fc.asyncProperty(spot(bytes.length), async ({ at, bits }) => {
        const forged = Buffer.from(bytes);
        forged.writeUInt8(forged.readUInt8(at) ^ bits, at);
        const notice = wechat.signedNotice(wechat.envelope({ ...sealed, ciphertext: forged.toString('base64') }));
        expect(await refusal(notice)).toBe('callback.undecryptable');
      }),
      { numRuns: 200 },
    );
    for (const name of ['nonce', 'associated_data'] as const) {
      const changed = `${sealed[name].slice(0, -1)}!`;
      expect(await refusal(wechat.signedNotice(wechat.envelope({ ...sealed, [name]: changed })))).toBe('callback.undecryptable');
    }
  });

  test('in the base64 of the ciphertext', async () => {
    const sealed = wechat.seal(JSON.stringify(paid));
    await fc.assert(
      fc.asyncProperty(spot(sealed.ciphertext.length), async ({ at, bits }) => {
        const flipped = String.fromCharCode(sealed.ciphertext.charCodeAt(at) ^ bits);
        const ciphertext = sealed.ciphertext.slice(0, at) + flipped + sealed.ciphertext.slice(at + 1);
        expect(await refusal(wechat.signedNotice(wechat.envelope({ ...sealed, ciphertext })))).toBe('callback.undecryptable');
      }),
      { numRuns: 200 },
    );
  });

  // Three lengths in a row, so that one ends in "=" and one in "==", whose last digits have bits that decoders ignore.
  test.each([1, 2, 3, 4, 5])('in the spare bits of the last digit of the ciphertext (next digit %i)', async (step) => {
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    for (const attach of ['', 'x', 'xx']) {
      const sealed = wechat.seal(JSON.stringify({ ...paid, attach }));
      const at = sealed.ciphertext.replace(/=+$/, '').length - 1;
      const other = digits.charAt((digits.indexOf(sealed.ciphertext.charAt(at)) + step) % digits.length);
      const ciphertext = sealed.ciphertext.slice(0, at) + other + sealed.ciphertext.slice(at + 1);
      expect(await refusal(wechat.signedNotice(wechat.envelope({ ...sealed, ciphertext })))).toBe('callback.undecryptable');
    }
  });
});

test('random bodies and headers never end in anything but a refusal', async () => {
  const header = fc.oneof(
    fc.string(),
    fc.constant(undefined),
    fc.constant(wechat.CERTIFICATE_SERIAL),
    fc.constant(String(wechat.NOW_SECONDS)),
  );
  const headers = fc.record({
    'wechatpay-signature': header,
    'wechatpay-timestamp': header,
    'wechatpay-nonce': header,
    'wechatpay-serial': header,
  });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), headers, async (body, given) => {
      expect(await codeOf(() => notices.parseNotice(body, given, wechat.NOW))).toMatch(/^callback\./);
    }),
    { numRuns: 300 },
  );
});
