import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { isBrowser, type SessionPlatform, type VisitorIdentity } from './app-identity';
import type { OrderWish, PlatformChannel } from './order';

export interface PaymentChoice {
  readonly payBy: 'in-app' | 'qr' | 'page';
  /** What shows the page that asks, by its own word. */
  readonly screen: 'phone' | 'computer';
}

/** A WeChat page cannot open Alipay's cashier, nor the other way round; a page on a computer opens neither. */
const CASHIER_OF: Readonly<Record<SessionPlatform, PlatformChannel | undefined>> = {
  'wechat-mini': 'wechat-pay',
  'wechat-web': 'wechat-pay',
  'alipay-mini': 'alipay',
  'alipay-web': 'alipay',
  // WeChat Pay knows its payers by an openid, which a member id of WeChat Work is not.
  'wecom-mini': undefined,
  'wecom-web': undefined,
  'pc-web': undefined,
};

export type PaymentWay = Pick<OrderWish, 'payBy' | 'appId' | 'payerOpenId' | 'begunBy'>;

/**
 * In which app an order is paid and by whom, as far as that is known. In the asker's own app it is the asker; who scans a code or signs in
 * on the platform's page is told by the payment only, so such an order remembers who began it.
 * @param scanApps the app of ours whose name stands on a code or page
 * @throws AppError top-up.channel-not-offered (not in this app, or the pack does not list this way), top-up.not-here (a code or page where no
 * computer shows it: nobody scans their own screen; or no app to pay in)
 */
export function paymentWay(
  asker: VisitorIdentity,
  channel: Pick<RulePack['topUp']['channels'][number], 'payBy'> & { readonly id: PlatformChannel },
  { payBy, screen }: PaymentChoice,
  scanApps: Readonly<Partial<Record<PlatformChannel, string>>>,
): PaymentWay {
  if (payBy === 'in-app') {
    const cashier = CASHIER_OF[asker.platform];
    if (cashier === undefined) throw new AppError('top-up.not-here', { payBy });
    if (cashier !== channel.id) throw new AppError('top-up.channel-not-offered', { channel: channel.id, platform: asker.platform });
    return { payBy, appId: asker.appId, payerOpenId: asker.openid };
  }
  const appId = scanApps[channel.id];
  if (appId === undefined || !(channel.payBy ?? ['in-app']).includes(payBy)) {
    throw new AppError('top-up.channel-not-offered', { channel: channel.id, payBy });
  }
  if (!isBrowser(asker.platform) || screen !== 'computer') throw new AppError('top-up.not-here', { payBy });
  return { payBy, appId, payerOpenId: '', begunBy: { appId: asker.appId, openid: asker.openid } };
}
