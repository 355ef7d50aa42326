import type { EntryKind } from '../../shared/api/common';
import type { TransferView } from '../../shared/api/money-flow';
import { type Fen, fen, negate, sum } from '../../shared/money';
import type { Bilingual, ChannelId, RulePack } from '../../shared/rule-pack';
import { type EpochMs, toIso } from '../../shared/time';
import type { Entry } from './entry';
import { channelOf } from './entry-view';
import { claimedFen, holderChange, isHolders } from './posting';

/** What became of waiting money, as a reader who goes down the passbook knows it: by the claim and the chip write that follow closest. */
export interface Later {
  readonly claim?: 'writing' | { readonly n: number; readonly at: EpochMs };
  readonly written?: { readonly n: number; readonly at: EpochMs };
}

const NAMES: Readonly<Partial<Record<EntryKind, Bilingual>>> = {
  'top-up': { zh: '充值', en: 'Top-up' },
  charge: { zh: '消费时领取', en: 'Claimed with a purchase' },
  claim: { zh: '领取转账金额', en: 'Claimed' },
  'chip-intent': { zh: '圈存机领取', en: 'Claimed at a kiosk' },
  'chip-written': { zh: '写卡成功', en: 'Written to the card' },
  transfer: { zh: '钱包转入校园卡', en: 'From wallet to card' },
  refund: { zh: '退款', en: 'Refund' },
  'refund-returned': { zh: '退款退回', en: 'Refund that came back' },
  withdrawal: { zh: '提现', en: 'Withdrawal' },
  'withdrawal-returned': { zh: '提现退回', en: 'Withdrawal that came back' },
  'utility-payment': { zh: '缴费', en: 'Utility payment' },
  'utility-returned': { zh: '缴费退回', en: 'Utility payment that came back' },
};
const CHANNEL_IDS: Readonly<Record<NonNullable<TransferView['channel']>, ChannelId>> = {
  'wechat-pay': 'wechat-pay',
  alipay: 'alipay',
  'bank-card': 'bank-card',
  cash: 'cash-machine',
};

/** What a reader knows below the entry that it did not know above it. */
export function laterBelow(later: Later, entry: Entry): Later {
  const here = { n: entry.n, at: entry.recordedAt };
  switch (entry.kind) {
    case 'chip-written':
      return { ...later, written: here };
    case 'chip-intent':
      return { ...later, claim: later.written ?? 'writing' };
    case 'charge':
    case 'claim':
      return claimedFen(entry.postings) > 0 ? { ...later, claim: here } : later;
    default:
      return later;
  }
}

/** The line of 查询转帐流水 (ST-22) for an entry; undefined for what is none. `later` is what is known from above it. */
export function transferOf(entry: Entry, later: Later, pack: Pick<RulePack, 'utcOffsetMinutes' | 'topUp'>): TransferView | undefined {
  const what = movedBy(entry);
  const name = NAMES[entry.kind];
  if (what === undefined || name === undefined || what.amountFen === 0) return undefined;
  const channel = entry.kind === 'top-up' ? channelOf(entry) : null;
  const offered = channel === null ? undefined : pack.topUp.channels.find(({ id }) => id === CHANNEL_IDS[channel]);
  return {
    n: entry.n,
    kind: entry.kind,
    name: offered?.label ?? name,
    ...what,
    channel,
    arrival: entry.kind === 'top-up' ? arrivalOfTopUp(entry, later, pack.utcOffsetMinutes) : null,
    orderNo: entry.orderNo ?? null,
    at: toIso(entry.recordedAt, pack.utcOffsetMinutes),
  };
}

function movedBy(entry: Entry): Pick<TransferView, 'amountFen' | 'direction'> | undefined {
  const { postings } = entry;
  switch (entry.kind) {
    case 'charge':
      return { amountFen: claimedFen(postings), direction: 'within' };
    case 'claim':
    case 'chip-intent':
    case 'chip-written':
    case 'transfer':
      return { amountFen: arrived(entry), direction: 'within' };
    case 'top-up':
    case 'refund-returned':
    case 'withdrawal-returned':
    case 'utility-returned':
      return { amountFen: holderChange(postings), direction: 'in' };
    case 'refund':
    case 'withdrawal':
    case 'utility-payment':
      return { amountFen: negate(holderChange(postings)), direction: 'out' };
    default:
      return undefined;
  }
}

function arrived({ postings }: Entry): Fen {
  return sum(postings.filter(({ leg, amountFen }) => isHolders(leg) && amountFen > 0).map(({ amountFen }) => fen(amountFen)));
}

function arrivalOfTopUp({ postings }: Entry, later: Later, utcOffsetMinutes: number): TransferView['arrival'] {
  const claimed = ({ n, at }: { readonly n: number; readonly at: EpochMs }) => ({
    state: 'claimed' as const,
    at: toIso(at, utcOffsetMinutes),
    n,
  });
  const place = postings.find(({ leg, amountFen }) => isHolders(leg) && amountFen > 0)?.leg;
  switch (place) {
    case 'transit':
      if (later.claim === undefined) return { state: 'waiting' };
      return later.claim === 'writing' ? { state: 'writing' } : claimed(later.claim);
    case 'chipPending':
      return later.written === undefined ? { state: 'writing' } : claimed(later.written);
    case 'wallet':
      return { state: 'in-wallet' };
    default:
      return { state: 'on-card' };
  }
}
