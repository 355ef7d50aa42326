import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../../sandbox/start';
import type { Fault } from '../../sandbox/state';
import { isAppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import { createAlipay } from '../platforms/alipay/alipay';
import { createAlipayLogin } from '../platforms/alipay-login/alipay-login';
import type { LoginPlatform, NewOrder, PaymentNotice, PaymentPlatform } from '../platforms/contract';
import { createSmsGateway } from '../platforms/sms/sms-gateway';
import { createWechatLogin } from '../platforms/wechat-login/wechat-login';
import { createWechatPay } from '../platforms/wechat-pay/wechat-pay';

/**
 * Our clients against stand-ins that were written from the vendors' documents by another hand, over real HTTP: both
 * sides agree on every signed byte, or these fail. The stand-ins verify our requests and sign theirs.
 */
const deps = { fetch: globalThis.fetch, now: Date.now, randomBytes };
/** A day of retries in well under a second; signed timestamps stay real. */
const SPEED = 1_000_000;

let sandbox: Sandbox;
let merchant: Merchant;
let person: string;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'platforms-'));
  sandbox = await startSandbox({ port: 0, dataFolder: folder, speed: SPEED });
  merchant = await startMerchant();
  person = sandbox.world.addPerson('测试同学').id;
});

afterAll(async () => {
  await sandbox.stop();
  await merchant.close();
  rmSync(folder, { recursive: true, force: true });
});

function wechatSettings() {
  const { wechatPay, wechatLogin } = sandbox.credentials;
  const { certificates, publicKeyId, publicKeyPem } = sandbox.world.wechatPayKeys();
  return {
    baseUrl: wechatPay.baseUrl,
    merchantId: wechatPay.mchid,
    appIds: [wechatLogin.miniProgram.appid, wechatLogin.officialAccount.appid],
    apiV3Key: wechatPay.apiV3Key,
    merchantSerialNo: wechatPay.merchantSerial,
    merchantPrivateKey: wechatPay.merchantPrivateKeyPem,
    platformKeys: [
      ...certificates.map(({ serial, certificatePem }) => ({ serial, pem: certificatePem })),
      { serial: publicKeyId, pem: publicKeyPem },
    ],
    timeoutMs: 2_000,
  };
}

function alipayApps() {
  const { alipay } = sandbox.credentials;
  const keys = { appPrivateKey: alipay.appPrivateKeyPem, alipayPublicKey: alipay.alipayPublicKeyPem };
  return [alipay.miniProgramAppId, alipay.webAppId].map((appId) => ({ appId, ...keys }));
}

function alipaySettings() {
  const { gatewayUrl, sellerId } = sandbox.credentials.alipay;
  return { gatewayUrl, sellerId, apps: alipayApps(), timeoutMs: 2_000 };
}

function wechatLogin(): LoginPlatform {
  const { apiBaseUrl, openBaseUrl, miniProgram, officialAccount } = sandbox.credentials.wechatLogin;
  const apps = [
    { appId: miniProgram.appid, appSecret: miniProgram.secret, kind: 'mini-program' },
    { appId: officialAccount.appid, appSecret: officialAccount.secret, kind: 'official-account' },
  ];
  return createWechatLogin({ apiUrl: apiBaseUrl, openUrl: openBaseUrl, apps }, deps);
}

function alipayLogin(): LoginPlatform {
  const { gatewayUrl, openBaseUrl } = sandbox.credentials.alipay;
  return createAlipayLogin({ authUrl: openBaseUrl, gatewayUrl, apps: alipayApps() }, deps);
}

/** The merchant's callback address: reads each notice as the product will, and answers as the platform reads it. */
interface Merchant {
  readonly url: string;
  /** What came for the order, in the order of arrival: a notice, or the code it was refused with. */
  heard(orderNo: string, count: number): Promise<readonly (PaymentNotice | string)[]>;
  /** The first that was read. */
  heardGood(orderNo: string): Promise<PaymentNotice>;
  listen(orderNo: string, pay: PaymentPlatform): void;
  close(): Promise<void>;
}

async function startMerchant(): Promise<Merchant> {
  const platforms = new Map<string, PaymentPlatform>();
  const heard = new Map<string, (PaymentNotice | string)[]>();
  const server = createServer(async (request, response) => {
    const orderNo = (request.url ?? '').slice(1);
    const pay = platforms.get(orderNo);
    if (pay === undefined) return response.writeHead(500).end();
    const result = read(pay, await bodyOf(request), request);
    heard.set(orderNo, [...(heard.get(orderNo) ?? []), result]);
    const answer = pay.noticeAnswer(typeof result === 'string' ? 'refused' : 'accepted');
    return response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server always has an AddressInfo; the type also covers pipes.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    listen: (orderNo, pay) => platforms.set(orderNo, pay),
    heard: (orderNo, count) =>
      until(() => {
        const found = heard.get(orderNo) ?? [];
        return found.length >= count ? found : undefined;
      }),
    heardGood: (orderNo) => until(() => heard.get(orderNo)?.find((one) => typeof one !== 'string')),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** What `look` finds within four seconds. */
async function until<T>(look: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('no such notice came');
}

function read(pay: PaymentPlatform, body: Uint8Array, request: IncomingMessage): PaymentNotice | string {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]));
  try {
    return pay.parseNotice(body, headers, Date.now());
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

type Vendor = 'wechat-pay' | 'alipay';

let orders = 0;

/** An order as a phone with this app would ask for it, its payer signed in through the login platform. */
async function newOrder(vendor: Vendor, flow: 'mini-program' | 'web' = 'mini-program'): Promise<NewOrder & { payerOpenId: string }> {
  const { miniProgram, officialAccount } = sandbox.credentials.wechatLogin;
  const { miniProgramAppId, webAppId } = sandbox.credentials.alipay;
  const [mini, web] = vendor === 'alipay' ? [miniProgramAppId, webAppId] : [miniProgram.appid, officialAccount.appid];
  const appId = flow === 'web' ? web : mini;
  const login = vendor === 'alipay' ? alipayLogin() : wechatLogin();
  const code = sandbox.world.loginCode({ app: vendor === 'alipay' ? 'alipay' : 'wechat', flow, person }) ?? '';
  const { openid } = await login.exchangeCode({ code, appId });
  orders += 1;
  const merchantOrderNo = `ord_${String(orders).padStart(26, '0')}`;
  return {
    merchantOrderNo,
    payBy: 'in-app',
    amountFen: fen(2_000 + orders),
    description: '校园卡充值 100% / 测试',
    payerOpenId: openid,
    appId,
    notifyUrl: `${merchant.url}/${merchantOrderNo}`,
    expiresAt: Date.now() + 15 * 60_000,
    schoolId: 'shanghaitech',
  };
}

function platformOf(vendor: Vendor): PaymentPlatform {
  return vendor === 'alipay' ? createAlipay(alipaySettings(), deps) : createWechatPay(wechatSettings(), deps);
}

/** The payer opens the cashier with what `createOrder` gave the phone, and presses 支付. */
function payAtCashier(vendor: Vendor, payParams: Readonly<Record<string, string>>): void {
  const { cashier } = sandbox.world;
  const opening = vendor === 'alipay' ? cashier.openAlipay(payParams, person) : cashier.openWechat(payParams, person);
  if ('refusal' in opening) throw new Error(opening.refusal);
  expect(cashier.pay(opening.cashier.id)?.state).toBe('paid');
}

async function codeOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe.each<Vendor>(['wechat-pay', 'alipay'])('%s', (vendor) => {
  test.each(['mini-program', 'web'] as const)('order, cashier, notice and query tell one story (%s)', async (flow) => {
    const pay = platformOf(vendor);
    const order = await newOrder(vendor, flow);
    merchant.listen(order.merchantOrderNo, pay);
    expect(await pay.queryOrder(order)).toMatchObject({ status: 'not-found' });
    const { payParams } = await pay.createOrder(order);
    expect(await pay.queryOrder(order)).toEqual({ status: 'not-paid', merchantOrderNo: order.merchantOrderNo });
    payAtCashier(vendor, payParams);
    const [notice] = await merchant.heard(order.merchantOrderNo, 1);
    expect(notice).toMatchObject({ status: 'paid', amountFen: order.amountFen, appId: order.appId, payerOpenId: order.payerOpenId });
    const { noticeId, ...told } = notice as PaymentNotice;
    expect(noticeId).not.toBe('');
    expect(await pay.queryOrder(order)).toEqual(told);
    expect(await pay.closeOrder(order)).toBe(vendor === 'alipay' ? 'pending' : 'already-paid');
  });

  test('an order repeated is one order; with another amount it is refused; closed, it stays closed', async () => {
    const pay = platformOf(vendor);
    const order = await newOrder(vendor);
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
    const [mini, web] = [await newOrder(vendor), await newOrder(vendor, 'web')];
    expect(await codeOf(() => platformOf(vendor).createOrder({ ...mini, payerOpenId: web.payerOpenId }))).toMatch(/^top-up\.platform-/);
  });

  test('an outage is no conclusion, and the same number works afterwards', async () => {
    const pay = platformOf(vendor);
    const order = await newOrder(vendor);
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
    payAtCashier(vendor, (await pay.createOrder(order)).payParams);
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
    const pay = platformOf(vendor);
    const order = await newOrder(vendor);
    merchant.listen(order.merchantOrderNo, pay);
    const { payParams } = await pay.createOrder(order);
    // Object.entries forgets that the names are those of the table above.
    sandbox.world.switchFault({ fault: fault as Fault, attempts: 1 }, order.merchantOrderNo);
    payAtCashier(vendor, payParams);
    const [bad, good] = await merchant.heard(order.merchantOrderNo, 2);
    expect(bad).toBe(code);
    expect(good).toMatchObject({ status: 'paid', amountFen: order.amountFen });
  });

  test.each(['amount-changed', 'unknown-order'] as const)(
    'a notice with the fault %s is genuine to a signature: it is read as it says, for the operation to compare',
    async (fault) => {
      const pay = platformOf(vendor);
      const order = await newOrder(vendor);
      merchant.listen(order.merchantOrderNo, pay);
      const { payParams } = await pay.createOrder(order);
      sandbox.world.switchFault({ fault, attempts: 1 }, order.merchantOrderNo);
      payAtCashier(vendor, payParams);
      const [told] = await merchant.heard(order.merchantOrderNo, 1);
      const { amountFen, merchantOrderNo } = told as PaymentNotice & { amountFen: number };
      expect(fault === 'unknown-order' ? merchantOrderNo !== order.merchantOrderNo : amountFen !== order.amountFen).toBe(true);
    },
  );

  test('a notice that comes three times keeps its noticeId', async () => {
    const pay = platformOf(vendor);
    const order = await newOrder(vendor);
    merchant.listen(order.merchantOrderNo, pay);
    const { payParams } = await pay.createOrder(order);
    sandbox.world.switchFault({ fault: 'repeated', attempts: null }, order.merchantOrderNo);
    payAtCashier(vendor, payParams);
    const notices = await merchant.heard(order.merchantOrderNo, 3);
    expect(new Set(notices.map((notice) => (typeof notice === 'string' ? notice : notice.noticeId))).size).toBe(1);
  });

  test('a request signed with another key is refused by the platform', async () => {
    const order = await newOrder(vendor);
    const { wechatPay, alipay } = sandbox.credentials;
    const pay =
      vendor === 'alipay'
        ? createAlipay(
            { ...alipaySettings(), apps: alipayApps().map((app) => ({ ...app, appPrivateKey: wechatPay.merchantPrivateKeyPem })) },
            deps,
          )
        : createWechatPay({ ...wechatSettings(), merchantPrivateKey: alipay.appPrivateKeyPem }, deps);
    expect(await codeOf(() => pay.createOrder(order))).toBe('top-up.platform-refused');
  });
});

describe('the switch of WeChat Pay’s verification mode', () => {
  afterEach(() => {
    sandbox.world.switchVerificationMode('certificate');
    sandbox.world.setSpeed(SPEED);
  });

  async function paidNotice(pay: PaymentPlatform): Promise<PaymentNotice | string | undefined> {
    const order = await newOrder('wechat-pay');
    merchant.listen(order.merchantOrderNo, pay);
    const { payParams } = await pay.createOrder(order);
    payAtCashier('wechat-pay', payParams);
    const [notice] = await merchant.heard(order.merchantOrderNo, 1);
    expect(await pay.queryOrder(order)).toMatchObject({ status: 'paid' });
    return notice;
  }

  test('goes from certificate to public key and back while callbacks arrive, with one configuration', async () => {
    const pay = platformOf('wechat-pay');
    for (const mode of ['certificate', 'public-key', 'certificate', 'public-key'] as const) {
      sandbox.world.switchVerificationMode(mode);
      expect(await paidNotice(pay)).toMatchObject({ status: 'paid' });
    }
  });

  test('a configuration that has only the new public key refuses what the certificate still signs, and gets the repeat', async () => {
    const settings = wechatSettings();
    const onlyKey = settings.platformKeys.filter(({ serial }) => serial.startsWith('PUB_KEY_ID_'));
    const pay = createWechatPay({ ...settings, platformKeys: onlyKey }, deps);
    const order = await newOrder('wechat-pay');
    merchant.listen(order.merchantOrderNo, pay);
    const { payParams } = await pay.createOrder(order);
    // Repeats after 15, 15, 30, 180 ms …: none is used up before the configuration is mended.
    sandbox.world.setSpeed(1_000);
    payAtCashier('wechat-pay', payParams);
    expect((await merchant.heard(order.merchantOrderNo, 1))[0]).toBe('callback.unknown-serial');
    merchant.listen(order.merchantOrderNo, platformOf('wechat-pay'));
    expect(await merchant.heardGood(order.merchantOrderNo)).toMatchObject({ status: 'paid' });
  });

  test('a new certificate is configured beside the old one when it is announced, and signs when it is promoted', async () => {
    sandbox.world.rotateCertificate('announce');
    const pay = platformOf('wechat-pay');
    expect(wechatSettings().platformKeys).toHaveLength(3);
    expect(await paidNotice(pay)).toMatchObject({ status: 'paid' });
    sandbox.world.rotateCertificate('promote');
    expect(await paidNotice(pay)).toMatchObject({ status: 'paid' });
    sandbox.world.rotateCertificate('retire-old');
    expect(await paidNotice(platformOf('wechat-pay'))).toMatchObject({ status: 'paid' });
  });
});

describe('sign-in', () => {
  const platforms = [
    ['wechat', 'code'],
    ['alipay', 'auth_code'],
  ] as const;

  test.each(platforms)('a web page signs in to %s by redirect and gets the same openid', async (app, parameter) => {
    const login = app === 'wechat' ? wechatLogin() : alipayLogin();
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
    const login = app === 'wechat' ? wechatLogin() : alipayLogin();
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
