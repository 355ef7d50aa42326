import fc from 'fast-check';
import * as alipay from '../testing/alipay';
import { newKeys } from '../testing/keys';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import { createAlipayNotices } from './notices';

const notices = createAlipayNotices(alipay.noticeSettings);
const read = (body: Uint8Array) => notices.parseNotice(body, {}, alipay.NOW);
const refusal = (body: Uint8Array) => codeOf(() => read(body));

describe('a genuine Alipay notice', () => {
  test('is read into our words, its yuan into fen and its Beijing time into an instant', () => {
    expect(read(alipay.noticeOf())).toEqual({
      status: 'paid',
      noticeId: '2026112100222120000000000000000001',
      merchantOrderNo: alipay.ORDER_NO,
      amountFen: 10_000,
      currency: 'CNY',
      appId: alipay.APP_ID,
      platformTradeNo: '2026112122001400000000000001',
      paidAt: Date.UTC(2026, 10, 21, 3, 59, 30),
      payerOpenId: '000TestOpenId0000000000000000001',
    });
  });

  test('credits total_amount, not what a coupon left of it', () => {
    expect(read(alipay.noticeOf({ receipt_amount: '0.01', buyer_pay_amount: '0.01' }))).toMatchObject({ amountFen: 10_000 });
  });

  test('names the payer by user id where the app is an old one, and nobody where the platform hides them', () => {
    const old = read(alipay.noticeOf({ buyer_open_id: undefined, buyer_id: '2088000000000009' }));
    expect(old).toMatchObject({ payerOpenId: '2088000000000009' });
    expect(read(alipay.noticeOf({ buyer_open_id: undefined }))).toMatchObject({ payerOpenId: undefined });
  });

  test.each([
    ['TRADE_SUCCESS', 'paid'],
    ['TRADE_FINISHED', 'paid'],
    ['TRADE_CLOSED', 'closed'],
    ['WAIT_BUYER_PAY', 'not-paid'],
    ['TRADE_PENDING', 'pending'],
    ['trade_success', 'pending'],
    ['', 'pending'],
  ])('of %s means %s', (trade_status, status) => {
    expect(read(alipay.noticeOf({ trade_status })).status).toBe(status);
  });

  test.each(['dut_user_sign', 'dut_user_unsign'])(
    'of a standing contract (%s) is taken, so that it is not repeated, and says nothing of an order',
    (notify_type) => {
      const told = { notify_type, external_agreement_no: 'bistu0123456789ABCDE', agreement_no: '2026112100000001', status: 'NORMAL' };
      expect(read(alipay.noticeOf(told))).toEqual({
        status: 'other',
        noticeId: '2026112100222120000000000000000001',
        merchantOrderNo: 'bistu0123456789ABCDE',
      });
    },
  );

  test('is answered with exactly success, and a refused one with something else', () => {
    expect(notices.noticeAnswer('accepted')).toEqual({ status: 200, contentType: 'text/plain', body: 'success' });
    expect(notices.noticeAnswer('refused').body).not.toContain('success');
  });
});

describe('holes of alipay-sdk, closed', () => {
  test('D5: reads a percent sign in a subject, over which checkNotifySign throws a URIError', () => {
    expect(alipay.paidNotice.subject).toContain('100% off');
    expect(read(alipay.noticeOf()).status).toBe('paid');
  });

  test.each(['RSA', '', 'RSA3', 'rsa2', '__proto__', 'HMAC'])('D5: refuses sign_type %j, whatever signs it', async (sign_type) => {
    const sha1 = alipay.signText(alipay.contentOf(alipay.paidNotice), alipay.platformKeys.privateKey, 'RSA-SHA1');
    const sha256 = alipay.signText(alipay.contentOf(alipay.paidNotice));
    for (const sign of [sha1, sha256]) {
      expect(await refusal(alipay.formOf({ ...alipay.paidNotice, sign, sign_type }))).toBe('callback.bad-signature');
    }
  });

  test('D5: refuses a notice without sign_type', async () => {
    const sign = alipay.signText(alipay.contentOf(alipay.paidNotice));
    expect(await refusal(alipay.formOf({ ...alipay.paidNotice, sign }))).toBe('callback.bad-signature');
  });

  test('D5: refuses SHA-1 that calls itself RSA2', async () => {
    const sign = alipay.signText(alipay.contentOf(alipay.paidNotice), alipay.platformKeys.privateKey, 'RSA-SHA1');
    expect(await refusal(alipay.formOf({ ...alipay.paidNotice, sign, sign_type: 'RSA2' }))).toBe('callback.bad-signature');
  });

  test('D5: verifies empty parameters as they came', async () => {
    expect(read(alipay.noticeOf({ body: '' })).status).toBe('paid');
    const added = Buffer.concat([alipay.noticeOf(), Buffer.from('&body=')]);
    expect(await refusal(added)).toBe('callback.bad-signature');
  });

  test.each(['%', '%4', '%zz', '%E6%A0', '%FF', 'a%'])('D5: refuses the percent-encoding %j instead of throwing', async (broken) => {
    const body = Buffer.concat([alipay.noticeOf(), Buffer.from(`&subject2=${broken}`)]);
    expect(await refusal(body)).toBe('request.malformed');
  });

  test('D6: refuses another app', async () => {
    expect(await refusal(alipay.noticeOf({ app_id: '2021000000000009' }))).toBe('callback.other-app');
    expect(await refusal(alipay.noticeOf({ app_id: 'toString' }))).toBe('callback.other-app');
    expect(await refusal(alipay.noticeOf({ app_id: undefined }))).toBe('callback.other-app');
  });

  test('D6: verifies each app by its own key, so that one app cannot speak for another', async () => {
    const fields = { ...alipay.paidNotice, app_id: alipay.WEB_APP_ID };
    const sign = (keys: typeof alipay.platformKeys) => alipay.signText(alipay.contentOf(fields), keys.privateKey);
    const byWeb = alipay.formOf({ ...fields, sign: sign(alipay.webPlatformKeys), sign_type: 'RSA2' });
    expect(read(byWeb)).toMatchObject({ status: 'paid', appId: alipay.WEB_APP_ID });
    const byMini = alipay.formOf({ ...fields, sign: sign(alipay.platformKeys), sign_type: 'RSA2' });
    expect(await refusal(byMini)).toBe('callback.bad-signature');
  });

  test('D6: refuses another seller, or none', async () => {
    expect(await refusal(alipay.noticeOf({ seller_id: '2088000000000002' }))).toBe('callback.other-merchant');
    expect(await refusal(alipay.noticeOf({ seller_id: undefined }))).toBe('callback.other-merchant');
  });

  test.each(['0', '0.00', '-1.00', '1.001', '1e2', ' 1.00', '1,00', '1.00元', '', 'NaN', '99999999999999999999', '٣.00'])(
    'D6: refuses the amount %j',
    async (total_amount) => {
      expect(await refusal(alipay.noticeOf({ total_amount }))).toBe('request.malformed');
    },
  );

  test('D6: refuses a currency that is not yuan', async () => {
    expect(await refusal(alipay.noticeOf({ trans_currency: 'USD' }))).toBe('callback.amount-mismatch');
  });
});

describe('an Alipay notice is refused', () => {
  test('when a stranger signed it', async () => {
    const sign = alipay.signText(alipay.contentOf(alipay.paidNotice), newKeys().privateKey);
    expect(await refusal(alipay.formOf({ ...alipay.paidNotice, sign, sign_type: 'RSA2' }))).toBe('callback.bad-signature');
  });

  test('when it is not signed', async () => {
    expect(await refusal(alipay.formOf({ ...alipay.paidNotice, sign_type: 'RSA2' }))).toBe('callback.bad-signature');
    expect(await refusal(alipay.formOf({ ...alipay.paidNotice, sign: '', sign_type: 'RSA2' }))).toBe('callback.bad-signature');
  });

  test('when a parameter comes twice, whichever would be believed', async () => {
    const genuine = alipay.noticeOf();
    for (const again of ['total_amount=900.00', 'total_amount=100.00', 'sign=x', 'sign_type=RSA2']) {
      expect(await refusal(Buffer.concat([genuine, Buffer.from(`&${again}`)]))).toBe('request.malformed');
      expect(await refusal(Buffer.concat([Buffer.from(`${again}&`), genuine]))).toBe('request.malformed');
    }
    expect(await refusal(Buffer.concat([genuine, Buffer.from('&total%5Famount=900.00')]))).toBe('request.malformed');
  });

  test.each(['', '&', '=', 'a', '{"app_id":"x"}', '<xml/>', '&&', '=x'])('when its body is %j', async (text) => {
    expect(await refusal(Buffer.from(text))).toMatch(/^(request\.malformed|callback\.other-app)$/);
  });

  test('when its bytes are not UTF-8', async () => {
    expect(await refusal(Buffer.from([0x61, 0x3d, 0xff]))).toBe('request.malformed');
  });

  test('when it says that it is written in GBK', async () => {
    expect(await refusal(alipay.noticeOf({ charset: 'GBK' }))).toBe('request.malformed');
  });

  test.each(['notify_id', 'out_trade_no', 'trade_no', 'trade_status', 'total_amount', 'gmt_payment'])(
    'when %s is missing',
    async (name) => {
      expect(await refusal(alipay.noticeOf({ [name]: undefined }))).toBe('request.malformed');
    },
  );

  test.each(['2026-11-21T11:59:30+08:00', '2026-11-21', '2026-13-21 11:59:30', ''])('when gmt_payment is %j', async (gmt_payment) => {
    expect(await refusal(alipay.noticeOf({ gmt_payment }))).toBe('request.malformed');
  });

  test('when it is a notice of another kind', async () => {
    expect(await refusal(alipay.noticeOf({ notify_type: 'dut_user_sign' }))).toBe('request.malformed');
  });

  test('and the refusal tells nothing of the payer', async () => {
    const error = await refusalOf(() => read(alipay.noticeOf({ app_id: 'x' })));
    expect(everythingOf(error)).not.toContain(alipay.paidNotice.buyer_open_id);
  });
});

describe('flipping any bits of any one byte', () => {
  const spot = (length: number) => fc.record({ at: fc.nat(length - 1), bits: fc.integer({ min: 1, max: 255 }) });

  test('of the body refuses it, or leaves every decoded parameter as it was (%2f and %2F are one letter)', async () => {
    const genuine = alipay.noticeOf();
    const decoded = new URLSearchParams(genuine.toString()).toString();
    await fc.assert(
      fc.asyncProperty(spot(genuine.length), async ({ at, bits }) => {
        const body = Buffer.from(genuine);
        body.writeUInt8(body.readUInt8(at) ^ bits, at);
        if (new URLSearchParams(body.toString()).toString() === decoded) return expect(read(body)).toEqual(read(genuine));
        return expect(await refusal(body)).toMatch(/^(callback\.(bad-signature|other-app)|request\.malformed)$/);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of the signature refuses it, also in the spare bits of its last digit', async () => {
    const sign = alipay.signText(alipay.contentOf(alipay.paidNotice));
    await fc.assert(
      fc.asyncProperty(spot(sign.length), async ({ at, bits }) => {
        const flipped = sign.slice(0, at) + String.fromCharCode(sign.charCodeAt(at) ^ bits) + sign.slice(at + 1);
        const body = alipay.formOf({ ...alipay.paidNotice, sign: flipped, sign_type: 'RSA2' });
        expect(await refusal(body)).toBe('callback.bad-signature');
      }),
      { numRuns: 500 },
    );
  });
});

test('random bodies never end in anything but a refusal', async () => {
  const bodies = fc.oneof(
    fc.uint8Array(),
    fc.string().map((text) => Buffer.from(text)),
    fc.webQueryParameters().map((text) => Buffer.from(text)),
  );
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      expect(await refusal(body)).toMatch(/^(callback|request)\./);
    }),
    { numRuns: 500 },
  );
});
