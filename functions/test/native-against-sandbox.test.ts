import { randomBytes } from 'node:crypto';
import { sandboxCredentials } from '../../sandbox/credentials';
import { generateKeys, type WorldKeys } from '../../sandbox/keys';
import { createWorld } from '../../sandbox/world';
import type { World } from '../../sandbox/world-contract';
import { refundOrphan } from '../operations/refund-orphan';
import { createRefundRoute } from '../operations/refund-route';
import { createAlipayCodePay } from '../platforms/alipay/code-pay';
import { createAlipayRefunds } from '../platforms/alipay/refunds';
import { createWechatCodePay } from '../platforms/wechat-pay/code-pay';
import { createWechatRefunds } from '../platforms/wechat-pay/refunds';
import { createModelDatabase } from './model-database';
import { NativeFixture } from './native-fixture';
import { BEHAVIOURS, everyScript, type NativeStage, play, recorded } from './native-play';
import { NOON } from './sale-fixture';

/** Our adapters, their requests and answers signed and verified, against the platforms that the sandbox plays, in manual time. */
const BASE = 'http://127.0.0.1:9';
const KEEPERS = { 'wechat-pay': 'wechatPay', alipay: 'alipay' } as const;
type Channel = keyof typeof KEEPERS;

let keys: WorldKeys;
beforeAll(() => {
  keys = generateKeys(NOON, randomBytes);
});

/** A network of one wire. */
function wireTo(world: World): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(String(input));
    const headers = Object.fromEntries(new Headers(init?.headers));
    const body = Buffer.from(typeof init?.body === 'string' ? init.body : '');
    const answer = await world.answer({ method: init?.method ?? 'GET', path: url.pathname, query: url.search.slice(1), headers, body });
    if (answer.status === 0) throw new TypeError('fetch failed');
    return new Response(String(answer.body), { status: answer.status, headers: answer.headers });
  };
}

function stage(channel: Channel): NativeStage & { readonly world: World } {
  const database = createModelDatabase();
  const fixture = new NativeFixture(database);
  const clock = () => fixture.till.now;
  const world = createWorld({ clock, keys, deliver: async () => ({ status: 200, body: 'success' }) });
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
  return { fixture, deps, calls, code, keptFen, world };
}

const noBank = () => Promise.reject(new Error('no bank is asked'));

describe.each(['wechat-pay', 'alipay'] as const)('%s', (channel) => {
  it('names the payer by the openid that they sign in with', async () => {
    const { fixture, deps, code, world } = stage(channel);
    const [target, app, appId] =
      channel === 'alipay'
        ? (['alipay', 'alipay', keys.alipay.miniProgramAppId] as const)
        : (['wechat', 'wechat', keys.wechatApps.miniProgram.appid] as const);
    const openid = world.openid(app, appId, Object.keys(world.state.persons)[0] ?? '') ?? '';
    const accountNo = await fixture.till.account();
    await fixture.database.transact([fixture.links.newRow({ schoolId: 'bistu', target, appId, openid, accountNo })]);
    expect(await fixture.ask('charge', fixture.sale(code), deps)).toMatchObject({ outcome: 'charged', entry: { accountNo } });
  });

  it('a password typed in time is a sale; one that is refused by the phone is none', async () => {
    const { fixture, deps, code, world } = stage(channel);
    const paid = fixture.sale(code, 100_001);
    expect(await fixture.ask('charge', paid, deps)).toMatchObject({ outcome: 'pending' });
    fixture.later(5_000);
    world.codePay.press(fixture.orderNo(paid), 'pay');
    expect(await fixture.ask('query', paid, deps)).toMatchObject({ outcome: 'charged' });
    const other = fixture.sale(world.codePay.show(channel === 'alipay' ? 'alipay' : 'wechat') ?? '', 100_001);
    await fixture.ask('charge', other, deps);
    fixture.later(5_000);
    world.codePay.press(fixture.orderNo(other), 'cancel');
    expect(await fixture.ask('query', other, deps)).toEqual({ outcome: 'not-charged', code: 'native.refused', definite: true });
  });

  it.each([
    ['an old code', 'native.code-expired', 60_001],
    ['a payer without money', 'native.refused', 0],
  ])('%s is %s', async (_, reason, later) => {
    const { fixture, deps, code, world } = stage(channel);
    fixture.later(later);
    const person = Object.keys(world.state.persons)[0] ?? '';
    if (later === 0) world.contracts.setPayerFunds(person, channel === 'alipay' ? 'alipay' : 'wechat', 1);
    expect(await fixture.ask('charge', fixture.sale(code), deps)).toEqual({ outcome: 'not-charged', code: reason, definite: true });
  });

  // Each call is four RSA signatures: all five take minutes.
  const isFull = process.env.ECODE_FULL === '1';
  const plays = BEHAVIOURS.map((behaviour, index) => ({ ...behaviour, length: isFull ? (index === 0 ? 5 : 3) : index < 2 ? 2 : 1 }));
  it.each(plays)(
    'every order of answers up to $length, with $name: one sale or none, never kept, reversed only when allowed',
    async ({ length, ...behaviour }) => {
      const played = await everyScript(length, (script) => {
        const on = stage(channel);
        on.world.codePay.script(KEEPERS[channel], script);
        return play(on, script, behaviour);
      });
      expect(played).toBeGreaterThan(5 * length);
    },
  );
});
