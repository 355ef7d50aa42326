import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../sandbox/start';
import { isAppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import { createAlipay } from '../platforms/alipay/alipay';
import { createAlipayLogin } from '../platforms/alipay-login/alipay-login';
import type {
  LoginPlatform,
  NewOrder,
  NoticeHeaders,
  PaymentNotice,
  PaymentNotices,
  PaymentPlatform,
  RefundNotice,
} from '../platforms/contract';
import { createWechatLogin } from '../platforms/wechat-login/wechat-login';
import { createWechatPay } from '../platforms/wechat-pay/wechat-pay';

/** The stand-ins on a port of their own, a merchant who hears their callbacks, and our clients set up for both. */
export const deps = { fetch: globalThis.fetch, now: Date.now, randomBytes };
/** A day of retries in well under a second; signed timestamps stay real. */
export const SPEED = 1_000_000;

export type Vendor = 'wechat-pay' | 'alipay';
export type PlatformWorld = Awaited<ReturnType<typeof startPlatforms>>;

export async function startPlatforms() {
  const folder = mkdtempSync(join(tmpdir(), 'platforms-'));
  const sandbox = await startSandbox({ port: 0, dataFolder: folder, speed: SPEED });
  const merchant = await startMerchant();
  const person = sandbox.world.addPerson('测试同学').id;
  let orders = 0;

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
    const opening =
      payParams.codeUrl !== undefined
        ? cashier.scan(payParams.codeUrl, person)
        : vendor === 'alipay'
          ? cashier.openAlipay(payParams, person)
          : cashier.openWechat(payParams, person);
    if ('refusal' in opening) throw new Error(opening.refusal);
    expect(cashier.pay(opening.cashier.id)?.state).toBe('paid');
  }

  return {
    sandbox,
    merchant,
    person,
    wechatSettings,
    alipayApps,
    alipaySettings,
    wechatLogin,
    alipayLogin,
    newOrder,
    platformOf,
    payAtCashier,
    async stop() {
      await sandbox.stop();
      await merchant.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Notice = PaymentNotice | RefundNotice;

/** The half of an adapter that a callback function has. */
export interface NoticeReader extends Pick<PaymentNotices, 'noticeAnswer'> {
  read(rawBody: Uint8Array, headers: NoticeHeaders, now: number): Notice;
}

/** The merchant's callback address: reads each notice as the product will, and answers as the platform reads it. */
interface Merchant {
  readonly url: string;
  /** What came for this path, in the order of arrival: a notice, or the code it was refused with. */
  heard(path: string, count: number): Promise<readonly (Notice | string)[]>;
  /** The first that was read. */
  heardGood(path: string): Promise<Notice>;
  listen(orderNo: string, pay: PaymentPlatform): void;
  listenWith(path: string, reader: NoticeReader): void;
  close(): Promise<void>;
}

async function startMerchant(): Promise<Merchant> {
  const readers = new Map<string, NoticeReader>();
  const heard = new Map<string, (Notice | string)[]>();
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').slice(1);
    const reader = readers.get(path);
    if (reader === undefined) return response.writeHead(500).end();
    const result = read(reader, await bodyOf(request), request);
    heard.set(path, [...(heard.get(path) ?? []), result]);
    const answer = reader.noticeAnswer(typeof result === 'string' ? 'refused' : 'accepted');
    return response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server always has an AddressInfo; the type also covers pipes.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    listen: (orderNo, pay) => readers.set(orderNo, { read: pay.parseNotice, noticeAnswer: pay.noticeAnswer }),
    listenWith: (path, reader) => readers.set(path, reader),
    heard: (path, count) =>
      until(() => {
        const found = heard.get(path) ?? [];
        return found.length >= count ? found : undefined;
      }),
    heardGood: (path) => until(() => heard.get(path)?.find((one) => typeof one !== 'string')),
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

function read(reader: NoticeReader, body: Uint8Array, request: IncomingMessage): Notice | string {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]));
  try {
    return reader.read(body, headers, Date.now());
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

export async function codeOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  throw new Error('nothing was refused');
}
