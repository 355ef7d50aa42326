import { randomBytes } from 'node:crypto';
import { sandboxCredentials } from '../../sandbox/credentials';
import { generateKeys } from '../../sandbox/keys';
import { collect } from '../../sandbox/test/unzip';
import { createWorld } from '../../sandbox/world';
import type { World } from '../../sandbox/world-contract';
import { refundOrphan } from '../operations/refund-orphan';
import { createRefundRoute } from '../operations/refund-route';
import { createAlipayBills } from '../platforms/alipay/bills';
import { createAlipayCodePay } from '../platforms/alipay/code-pay';
import { createAlipayRefunds } from '../platforms/alipay/refunds';
import { createWechatBills } from '../platforms/wechat-pay/bills';
import { createWechatCodePay } from '../platforms/wechat-pay/code-pay';
import { createWechatRefunds } from '../platforms/wechat-pay/refunds';
import { createModelDatabase } from './model-database';
import { NativeFixture } from './native-fixture';
import { type NativeStage, recorded } from './native-play';
import { NOON } from './sale-fixture';

/** Our adapters, their requests and answers signed and verified, against the platforms that the sandbox plays, in manual time. */
const BASE = 'http://127.0.0.1:9';
export const KEEPERS = { 'wechat-pay': 'wechatPay', alipay: 'alipay' } as const;
type Channel = keyof typeof KEEPERS;

interface SandboxParts {
  readonly world: World;
  readonly bills: { readonly 'wechat-pay': ReturnType<typeof createWechatBills>; readonly alipay: ReturnType<typeof createAlipayBills> };
  readonly merchantIds: { readonly 'wechat-pay': string; readonly alipay: string };
}

/** RSA keys cost most of a second: one set for all. */
export const keys = generateKeys(NOON, randomBytes);

/** A network of one wire. */
function wireTo(world: World): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(String(input));
    const headers = Object.fromEntries(new Headers(init?.headers));
    const body = Buffer.from(typeof init?.body === 'string' ? init.body : '');
    const answer = await world.answer({ method: init?.method ?? 'GET', path: url.pathname, query: url.search.slice(1), headers, body });
    if (answer.status === 0) throw new TypeError('fetch failed');
    const text = answer.stream === undefined ? String(answer.body) : new Uint8Array(await collect(answer.stream));
    return new Response(text, { status: answer.status, headers: answer.headers });
  };
}

export function sandboxStage(channel: Channel): NativeStage & SandboxParts {
  const database = createModelDatabase();
  const fixture = new NativeFixture(database);
  const clock = () => fixture.till.now;
  const world = createWorld({ clock, keys, deliver: async () => ({ status: 200, body: 'success' }) });
  world.setBaseUrl(BASE);
  world.addPerson('测试同学');
  const { wechatPay, wechatLogin, alipay } = sandboxCredentials(world, BASE);
  const adapters = { fetch: wireTo(world), now: clock, randomBytes };
  const wechat = {
    ...{ baseUrl: wechatPay.baseUrl, merchantId: wechatPay.mchid, appIds: [wechatLogin.miniProgram.appid], apiV3Key: wechatPay.apiV3Key },
    ...{ platformKeys: wechatPay.platformKeys, merchantSerialNo: wechatPay.merchantSerial },
    ...{ merchantPrivateKey: wechatPay.merchantPrivateKeyPem, timeoutMs: 2_000 },
  };
  const app = { appId: alipay.miniProgramAppId, appPrivateKey: alipay.appPrivateKeyPem, alipayPublicKey: alipay.alipayPublicKeyPem };
  const alipaySettings = { gatewayUrl: alipay.gatewayUrl, sellerId: alipay.sellerId, apps: [app], timeoutMs: 2_000 };
  const saleApps = { 'wechat-pay': wechatLogin.miniProgram.appid, alipay: app.appId };
  const base = fixture.depsOver(database);
  const refund = createRefundRoute({
    platforms: { 'wechat-pay': createWechatRefunds(wechat, adapters), alipay: createAlipayRefunds(alipaySettings, adapters) },
    notifyUrls: { 'wechat-pay': 'https://ecode.example/callbacks/wechat-pay/refunds', alipay: 'https://ecode.example/callbacks/alipay' },
    toBank: { send: noBank, query: noBank },
    ...base,
  });
  const money = { ...base, routes: { refund } };
  const platforms = { 'wechat-pay': createWechatCodePay(wechat, adapters), alipay: createAlipayCodePay(alipaySettings, adapters) };
  const calls: Parameters<typeof recorded>[2] = [];
  const deps = {
    ...fixture.native,
    ...money,
    saleApps,
    platforms: { ...platforms, [channel]: recorded(platforms[channel], clock, calls) },
    giveBack: (orphan: Parameters<typeof refundOrphan>[1]) => refundOrphan(money, orphan),
  };
  const keptFen = () =>
    world.state.journal[KEEPERS[channel]].reduce((kept, line) => kept + (line.refund === null ? line.orderFen : -line.refund.refundFen), 0);
  const code = world.codePay.show(channel === 'alipay' ? 'alipay' : 'wechat') ?? '';
  const bills = {
    'wechat-pay': createWechatBills(wechat, adapters),
    alipay: createAlipayBills({ ...alipaySettings, billHosts: ['127.0.0.1'] }, adapters),
  };
  const merchantIds = { 'wechat-pay': wechatPay.mchid, alipay: alipay.sellerId };
  return { fixture, deps, calls, code, keptFen, world, bills, merchantIds };
}

const noBank = () => Promise.reject(new Error('no bank is asked'));
