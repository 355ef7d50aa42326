import type { ChannelId, RulePack } from '../../../shared/rule-pack';
import type { Container } from '../platform/contract';
import type { AmountRules } from './amount-input';

type Channel = RulePack['topUp']['channels'][number];

export interface ChannelChoice {
  readonly channel: Channel;
  /** Why it cannot be used here, or undefined when it can. */
  readonly blocked: 'in-wechat' | 'in-alipay' | 'not-here' | undefined;
  /** The screen of its own that it has: from the wallet, or from the bound bank card. */
  readonly opens: TransferWay | undefined;
}

/** 卡片充值 from the wallet, 银校转账 from the bank card onto the card, 钱包充值 from the bank card into the wallet. */
export type TransferWay = 'card' | 'bank' | 'wallet';

/** The school's ways to top the card up, with what stands against each in this container. */
export function cardChannels(pack: Pick<RulePack, 'topUp'>, here: ChannelId | undefined): ChannelChoice[] {
  return pack.topUp.channels
    .filter((channel) => channel.target === 'card')
    .map((channel) => ({ channel, blocked: whyBlocked(channel, here), opens: ownScreen(channel) }));
}

function ownScreen({ id, enabled }: Channel): TransferWay | undefined {
  if (!enabled) return undefined;
  return id === 'wallet' ? 'card' : id === 'bank-card' ? 'bank' : undefined;
}

/** Where 卡片充值 leads: straight to the wallet where the card is topped up from nothing else (DL-25). */
export function topUpWay(pack: Pick<RulePack, 'topUp'>): TransferWay | undefined {
  const ways = pack.topUp.channels.filter(({ target, enabled }) => target === 'card' && enabled).map(ownScreen);
  return ways.every((way) => way === 'card') ? ways[0] : undefined;
}

function whyBlocked(channel: Channel, here: ChannelId | undefined): ChannelChoice['blocked'] {
  if (!channel.enabled) return 'not-here';
  if (ownScreen(channel) !== undefined) return undefined;
  if (channel.id === here) return undefined;
  if (channel.id === 'wechat-pay') return 'in-wechat';
  if (channel.id === 'alipay') return 'in-alipay';
  return 'not-here';
}

/** The school's least amount and the lower of its cap and the channel's. */
export function amountRules(pack: Pick<RulePack, 'topUp'>, channel: Channel | undefined): AmountRules {
  const caps = [pack.topUp.maxFen, channel?.maxFen].filter((cap) => cap !== undefined);
  return { minFen: pack.topUp.minFen, maxFen: caps.length === 0 ? undefined : Math.min(...caps) };
}

/** Which identity can be linked in this container: the one that is signed in here. */
export function linkHere(container: Container): 'wechat' | 'alipay' | undefined {
  switch (container) {
    case 'wechat-mini':
    case 'wechat-web':
      return 'wechat';
    case 'alipay-mini':
    case 'alipay-web':
      return 'alipay';
    case 'wecom-mini':
    case 'wecom-web':
    case 'plain':
      return undefined;
  }
}
