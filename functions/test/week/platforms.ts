import { randomBytes } from 'node:crypto';
import { sandboxCredentials } from '../../../sandbox/credentials';
import { generateKeys, type WorldKeys } from '../../../sandbox/keys';
import type { Deliver } from '../../../sandbox/lib/courier';
import { createWorld } from '../../../sandbox/world';
import type { World as Sandbox } from '../../../sandbox/world-contract';
import type { PlatformChannel } from '../../domain/order';
import { createAlipay } from '../../platforms/alipay/alipay';
import { createAlipayBills } from '../../platforms/alipay/bills';
import { createAlipayNotices } from '../../platforms/alipay/notices';
import { createAlipayRefunds } from '../../platforms/alipay/refunds';
import type { BillPlatform, PaymentNotices, PaymentPlatform, RefundNotices, RefundPlatform } from '../../platforms/contract';
import { createWechatBills } from '../../platforms/wechat-pay/bills';
import { createWechatPayNotices } from '../../platforms/wechat-pay/notices';
import { createWechatRefundNotices } from '../../platforms/wechat-pay/refund-notices';
import { createWechatRefunds } from '../../platforms/wechat-pay/refunds';
import { createWechatPay } from '../../platforms/wechat-pay/wechat-pay';
import type { Chance } from '../simulation/chance';
import type { Agenda } from './agenda';
import type { Network } from './network';

/** Our real clients of both platforms, talking to the sandbox's stand-ins in this very process. */
export interface Platforms {
  readonly sandbox: Sandbox;
  readonly pay: Readonly<Record<PlatformChannel, PaymentPlatform>>;
  readonly refunds: Readonly<Record<PlatformChannel, RefundPlatform>>;
  readonly bills: Readonly<Record<PlatformChannel, BillPlatform>>;
  readonly notices: Readonly<Record<PlatformChannel, PaymentNotices>>;
  readonly refundNotices: RefundNotices;
  readonly merchantIds: Readonly<Record<PlatformChannel, string>>;
  /** The mini program that payers pay in. */
  readonly appIds: Readonly<Record<PlatformChannel, string>>;
}

const ORIGIN = 'http://127.0.0.1:9';
export const NOTIFY_URLS = { 'wechat-pay': 'https://ecode.example/callbacks/wechat-pay', alipay: 'https://ecode.example/callbacks/alipay' };
export const REFUND_NOTIFY_URLS = { ...NOTIFY_URLS, 'wechat-pay': 'https://ecode.example/callbacks/wechat-pay/refunds' };

/** Made once: RSA keys take most of a second, and no result depends on them. */
let keys: WorldKeys | undefined;

export function startPlatforms(parts: {
  readonly agenda: Agenda;
  readonly chance: Chance;
  readonly network: Network;
  readonly deliver: Deliver;
}): Platforms {
  const { agenda, chance, network, deliver } = parts;
  // Certificates are valid for years, from a day before.
  keys ??= generateKeys(agenda.now, randomBytes);
  const clock = () => agenda.now;
  const drawn = (count: number) => chance.bytes(count);
  const sandbox = createWorld({
    clock,
    keys,
    deliver,
    randomBytes: drawn,
    timers: { after: (ms, run) => agenda.after(ms, run) },
  });
  sandbox.setBaseUrl(ORIGIN);
  network.connect(sandbox);
  const { wechatPay, wechatLogin, alipay } = sandboxCredentials(sandbox, ORIGIN);
  const wechatSettings = {
    baseUrl: wechatPay.baseUrl,
    merchantId: wechatPay.mchid,
    appIds: [wechatLogin.miniProgram.appid],
    apiV3Key: wechatPay.apiV3Key,
    merchantSerialNo: wechatPay.merchantSerial,
    merchantPrivateKey: wechatPay.merchantPrivateKeyPem,
    platformKeys: wechatPay.platformKeys,
  };
  const alipayApp = {
    appId: alipay.miniProgramAppId,
    appPrivateKey: alipay.appPrivateKeyPem,
    alipayPublicKey: alipay.alipayPublicKeyPem,
  };
  const alipaySettings = { gatewayUrl: alipay.gatewayUrl, sellerId: alipay.sellerId, apps: [alipayApp] };
  const deps = { fetch: network.fetch, now: clock, randomBytes: drawn };
  return {
    sandbox,
    pay: { 'wechat-pay': createWechatPay(wechatSettings, deps), alipay: createAlipay(alipaySettings, deps) },
    refunds: { 'wechat-pay': createWechatRefunds(wechatSettings, deps), alipay: createAlipayRefunds(alipaySettings, deps) },
    bills: { 'wechat-pay': createWechatBills(wechatSettings, deps), alipay: createAlipayBills(alipaySettings, deps) },
    notices: { 'wechat-pay': createWechatPayNotices(wechatSettings), alipay: createAlipayNotices(alipaySettings) },
    refundNotices: createWechatRefundNotices(wechatSettings),
    merchantIds: { 'wechat-pay': wechatSettings.merchantId, alipay: alipaySettings.sellerId },
    appIds: { 'wechat-pay': wechatLogin.miniProgram.appid, alipay: alipay.miniProgramAppId },
  };
}

/** Whose books at the stand-ins. */
export const KEEPERS = { 'wechat-pay': 'wechatPay', alipay: 'alipay' } as const;
