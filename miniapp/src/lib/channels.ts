import type { ChannelId, RulePack } from '../../../shared/rule-pack';
import type { Container } from '../platform/contract';
import type { AmountRules } from './amount-input';

type Channel = RulePack['topUp']['channels'][number];

export interface ChannelChoice {
  readonly channel: Channel;
  /** Why it cannot be used here, or undefined when it can. */
  readonly blocked: 'in-wechat' | 'in-alipay' | 'wallet' | 'not-here' | undefined;
}

/** The school's ways to top the card up, with what stands against each in this container. */
export function cardChannels(pack: Pick<RulePack, 'topUp'>, here: ChannelId | undefined): ChannelChoice[] {
  return pack.topUp.channels
    .filter((channel) => channel.target === 'card')
    .map((channel) => ({ channel, blocked: whyBlocked(channel, here) }));
}

function whyBlocked(channel: Channel, here: ChannelId | undefined): ChannelChoice['blocked'] {
  if (channel.id === 'wallet') return 'wallet';
  if (!channel.enabled) return 'not-here';
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
    case 'plain':
      return undefined;
  }
}
