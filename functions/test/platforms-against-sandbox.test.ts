import type { Fault } from '../../sandbox/state';
import { fen } from '../../shared/money';
import { createAlipay } from '../platforms/alipay/alipay';
import type { PaymentNotice, PaymentPlatform } from '../platforms/contract';
import { createSmsGateway } from '../platforms/sms/sms-gateway';
import { createWechatLogin } from '../platforms/wechat-login/wechat-login';
import { createWechatPay } from '../platforms/wechat-pay/wechat-pay';
import { codeOf, deps, type PlatformWorld, SPEED, startPlatforms, type Vendor } from './sandbox-platforms';

/**
 * Our clients against stand-ins that were written from the vendors' documents by another hand, over real HTTP: both
 * sides agree on every signed byte, or these fail. The stand-ins verify our requests and sign theirs.
 */
let world: PlatformWorld;
let sandbox: PlatformWorld['sandbox'];
let merchant: PlatformWorld['merchant'];
let person: string;

beforeAll(async () => {
  world = await startPlatforms();
  ({ sandbox, merchant, person } = world);
});

afterAll(() => world.stop());

describe.each<Vendor>(['wechat-pay', 'alipay'])('%s', (vendor) => {
  test.each(['mini-program', 'web'] as const)('order, cashier, notice and query tell one story (%s)', async (flow) => {
    const pay = world.platformOf(vendor);
    const order = await world.newOrder(vendor, flow);
    merchant.listen(order.merchantOrderNo, pay);
    expect(await pay.queryOrder(order)).toMatchObject({ status: 'not-found' });
    const { payParams } = await pay.createOrder(order);
    expect(await pay.queryOrder(order)).toEqual({ status: 'not-paid', merchantOrderNo: order.merchantOrderNo });
    world.payAtCashier(vendor, payParams);
    const [notice] = await merchant.heard(order.merchantOrderNo, 1);
    expect(notice).toMatchObject({ status: 'paid', amountFen: order.amountFen, appId: order.appId, payerOpenId: order.payerOpenId });
    const { noticeId, ...told } = notice as PaymentNotice;
    expect(noticeId).not.toBe('');
    expect(await pay.queryOrder(order)).toEqual(told);
    expect(await pay.closeOrder(order)).toBe(vendor === 'alipay' ? 'pending' : 'already-paid');
  });

  test('an order repeated is one order; with another amount it is refused; closed, it stays closed', async () => {
    const pay = world.platformOf(vendor);
    const order = await world.newOrder(vendor);
    const first = await pay.createOrder(order);
    const second = await pay.createOrder(order);
    if (vendor === 'alipay') expect(second).toEqual(first);
    expect(await codeOf(() => pay.createOrder({ ...order, amountFen: fen(1) }))).toBe('top-up.platform-refused');
    expect(await pay.closeOrder(order)).toBe('closed');
    expect(await pay.queryOrder(order)).toMatchObject({ status: 'closed' });
    expect(await codeOf(() => pay.createOrder(order))).toBe('top-up.platform-refused');
    expect(await pay.closeOrder({ ...order, merchantOrderNo: 'ord_never_made' })).toBe('not-found');
  });

  test('an openid of another app is refused', async () => {
    const [mini, web] = [await world.newOrder(vendor), await world.newOrder(vendor, 'web')];
    expect(await codeOf(() => world.platformOf(vendor).createOrder({ ...mini, payerOpenId: web.payerOpenId }))).toMatch(
      /^top-up\.platform-/,
    );
  });

  test('an outage is no conclusion, and the same number works afterwards', async () => {
    const pay = world.platformOf(vendor);
    const order = await world.newOrder(vendor);
    const outage = vendor === 'alipay' ? 'alipay' : 'wechatPay';
    try {
      sandbox.world.switchOutage(outage, 'error');
      expect(await codeOf(() => pay.createOrder(order))).toBe('top-up.platform-unavailable');
      sandbox.world.switchOutage(outage, 'answer-lost');
      expect(await codeOf(() => pay.createOrder(order))).toBe('top-up.platform-unavailable');
    } finally {
      sandbox.world.switchOutage(outage, 'none');
    }
    expect(await pay.queryOrder(order)).toMatchObject({ status: 'not-paid' });
    world.payAtCashier(vendor, (await pay.createOrder(order)).payParams);
    expect(await pay.queryOrder(order)).toMatchObject({ status: 'paid' });
  });

  const refusals: Readonly<Partial<Record<Fault, string>>> = {
    'byte-flipped': 'callback.bad-signature',
    'other-seller': 'callback.other-merchant',
    'other-app': 'callback.other-app',
    unsigned: 'callback.bad-signature',
    ...(vendor === 'alipay'
      ? { 'sign-type-rsa': 'callback.bad-signature', 'bad-percent-encoding': 'request.malformed' }
      : {
          'stale-time': 'callback.stale',
          'unknown-serial': 'callback.unknown-serial',
          'bad-tag': 'callback.undecryptable',
          'wrong-associated-data': 'callback.undecryptable',
          'currency-changed': 'callback.amount-mismatch',
          'sign-test': 'callback.bad-signature',
        }),
  };

  test.each(Object.entries(refusals))('a notice with the fault %s is refused as %s, and its good repeat is read', async (fault, code) => {
    const pay = world.platformOf(vendor);
    const order = await world.newOrder(vendor);
    merchant.listen(order.merchantOrderNo, pay);
    const { payParams } = await pay.createOrder(order);
    // Object.entries forgets that the names are those of the table above.
    sandbox.world.switchFault({ fault: fault as Fault, attempts: 1 }, order.merchantOrderNo);
    world.payAtCashier(vendor, payParams);
    const [bad, good] = await merchant.heard(order.merchantOrderNo, 2);
    expect(bad).toBe(code);
    expect(good).toMatchObject({ status: 'paid', amountFen: order.amountFen });
  });

  test.each(['amount-changed', 'unknown-order'] as const)(
    'a notice with the fault %s is genuine to a signature: it is read as it says, for the operation to compare',
    async (fault) => {
      const pay = world.platformOf(vendor);
      const order = await world.newOrder(vendor);
      merchant.listen(order.merchantOrderNo, pay);
      const { payParams } = await pay.createOrder(order);
      sandbox.world.switchFault({ fault, attempts: 1 }, order.merchantOrderNo);
      world.payAtCashier(vendor, payParams);
      const [told] = await merchant.heard(order.merchantOrderNo, 1);
      const { amountFen, merchantOrderNo } = told as PaymentNotice & { amountFen: number };
      expect(fault === 'unknown-order' ? merchantOrderNo !== order.merchantOrderNo : amountFen !== order.amountFen).toBe(true);
    },
  );

  test('a notice that comes three times keeps its noticeId', async () => {
    const pay = world.platformOf(vendor);
    const order = await world.newOrder(vendor);
    merchant.listen(order.merchantOrderNo, pay);
    const { payParams } = await pay.createOrder(order);
    sandbox.world.switchFault({ fault: 'repeated', attempts: null }, order.merchantOrderNo);
    world.payAtCashier(vendor, payParams);
    const notices = await merchant.heard(order.merchantOrderNo, 3);
    expect(new Set(notices.map((notice) => (typeof notice === 'string' ? notice : notice.noticeId))).size).toBe(1);
  });

  test('a request signed with another key is refused by the platform', async () => {
    const order = await world.newOrder(vendor);
    const { wechatPay, alipay } = sandbox.credentials;
    const pay =
      vendor === 'alipay'
        ? createAlipay(
            {
              ...world.alipaySettings(),
              apps: world.alipayApps().map((app) => ({ ...app, appPrivateKey: wechatPay.merchantPrivateKeyPem })),
            },
            deps,
          )
        : createWechatPay({ ...world.wechatSettings(), merchantPrivateKey: alipay.appPrivateKeyPem }, deps);
    expect(await codeOf(() => pay.createOrder(order))).toBe('top-up.platform-refused');
  });
});

describe('the switch of WeChat Pay’s verification mode', () => {
  afterEach(() => {
    sandbox.world.switchVerificationMode('certificate');
    sandbox.world.setSpeed(SPEED);
  });

  async function paidNotice(pay: PaymentPlatform): Promise<unknown> {
    const order = await world.newOrder('wechat-pay');
    merchant.listen(order.merchantOrderNo, pay);
    const { payParams } = await pay.createOrder(order);
    world.payAtCashier('wechat-pay', payParams);
    const [notice] = await merchant.heard(order.merchantOrderNo, 1);
    expect(await pay.queryOrder(order)).toMatchObject({ status: 'paid' });
    return notice;
  }

  test('goes from certificate to public key and back while callbacks arrive, with one configuration', async () => {
    const pay = world.platformOf('wechat-pay');
    for (const mode of ['certificate', 'public-key', 'certificate', 'public-key'] as const) {
      sandbox.world.switchVerificationMode(mode);
      expect(await paidNotice(pay)).toMatchObject({ status: 'paid' });
    }
  });

  test('a configuration that has only the new public key refuses what the certificate still signs, and gets the repeat', async () => {
    const settings = world.wechatSettings();
    const onlyKey = settings.platformKeys.filter(({ serial }) => serial.startsWith('PUB_KEY_ID_'));
    const pay = createWechatPay({ ...settings, platformKeys: onlyKey }, deps);
    const order = await world.newOrder('wechat-pay');
    merchant.listen(order.merchantOrderNo, pay);
    const { payParams } = await pay.createOrder(order);
    // Repeats after 15, 15, 30, 180 ms …: none is used up before the configuration is mended.
    sandbox.world.setSpeed(1_000);
    world.payAtCashier('wechat-pay', payParams);
    expect((await merchant.heard(order.merchantOrderNo, 1))[0]).toBe('callback.unknown-serial');
    merchant.listen(order.merchantOrderNo, world.platformOf('wechat-pay'));
    expect(await merchant.heardGood(order.merchantOrderNo)).toMatchObject({ status: 'paid' });
  });

  test('a new certificate is configured beside the old one when it is announced, and signs when it is promoted', async () => {
    sandbox.world.rotateCertificate('announce');
    const pay = world.platformOf('wechat-pay');
    expect(world.wechatSettings().platformKeys).toHaveLength(3);
    expect(await paidNotice(pay)).toMatchObject({ status: 'paid' });
    sandbox.world.rotateCertificate('promote');
    expect(await paidNotice(pay)).toMatchObject({ status: 'paid' });
    sandbox.world.rotateCertificate('retire-old');
    expect(await paidNotice(world.platformOf('wechat-pay'))).toMatchObject({ status: 'paid' });
  });
});

describe('sign-in', () => {
  const platforms = [
    ['wechat', 'code'],
    ['alipay', 'auth_code'],
  ] as const;

  test.each(platforms)('a web page signs in to %s by redirect and gets the same openid', async (app, parameter) => {
    const login = app === 'wechat' ? world.wechatLogin() : world.alipayLogin();
    const { wechatLogin: wechat, alipay } = sandbox.credentials;
    const appId = app === 'wechat' ? wechat.officialAccount.appid : alipay.webAppId;
    const url = login.webAuthorizeUrl({ appId, redirectUri: 'http://127.0.0.1:9/page?school=sjtu', state: 'st_&1' });
    const answer = await fetch(url, { redirect: 'manual' });
    const back = new URL(answer.headers.get('location') ?? '');
    expect(back.searchParams.get('state')).toBe('st_&1');
    expect(back.searchParams.get('school')).toBe('sjtu');
    const code = back.searchParams.get(parameter) ?? '';
    const { openid } = await login.exchangeCode({ code, appId });
    expect(openid).toBe(sandbox.world.openid(app, appId, person));
    expect(await codeOf(() => login.exchangeCode({ code, appId }))).toBe('auth.platform-refused');
  });

  test.each(platforms)('%s refuses an invented code, and a code of another app', async (app) => {
    const login = app === 'wechat' ? world.wechatLogin() : world.alipayLogin();
    const { wechatLogin: wechat, alipay } = sandbox.credentials;
    const [mini, web] =
      app === 'wechat' ? [wechat.miniProgram.appid, wechat.officialAccount.appid] : [alipay.miniProgramAppId, alipay.webAppId];
    expect(await codeOf(() => login.exchangeCode({ code: 'invented', appId: mini }))).toBe('auth.platform-refused');
    const code = sandbox.world.loginCode({ app, flow: 'mini-program', person }) ?? '';
    expect(await codeOf(() => login.exchangeCode({ code, appId: web }))).toBe('auth.platform-refused');
  });

  test('a wrong app secret is an error of configuration', async () => {
    const { apiBaseUrl, openBaseUrl, miniProgram } = sandbox.credentials.wechatLogin;
    const apps = [{ appId: miniProgram.appid, appSecret: 'wrong', kind: 'mini-program' }];
    const login = createWechatLogin({ apiUrl: apiBaseUrl, openUrl: openBaseUrl, apps }, deps);
    expect(await codeOf(() => login.exchangeCode({ code: 'x', appId: miniProgram.appid }))).toBe('config.invalid');
  });
});

test('a code by SMS arrives once per requestId, and one under a wrong secret does not', async () => {
  const { baseUrl, keyId, secret } = sandbox.credentials.sms;
  const message = { mobile: '13800000000', template: 'second-proof', code: '482913', requestId: 'sms_1' };
  const sms = createSmsGateway({ baseUrl, keyId, secret }, deps);
  await sms.send(message);
  await sms.send(message);
  const inbox = await (await fetch(`${baseUrl}/inbox?mobile=13800000000`)).json();
  expect(inbox).toMatchObject({ messages: [{ code: '482913' }] });
  expect(inbox.messages).toHaveLength(1);
  const wrong = createSmsGateway({ baseUrl, keyId, secret: 'x'.repeat(40) }, deps);
  expect(await codeOf(() => wrong.send({ ...message, requestId: 'sms_2' }))).toBe('auth.sms-refused');
});
