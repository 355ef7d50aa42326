import { type Fen, negate } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, type EpochMs } from '../../shared/time';
import { terminalBook } from './books';
import type { Draft, Entry } from './entry';
import { legs } from './legs';
import type { PlatformChannel } from './order';
import { applyPostings, isHolders, move } from './posting';

const CHANNELS = ['wechat-pay', 'alipay'] as const satisfies readonly PlatformChannel[];

/**
 * The platform that a sale was paid through (a native WeChat or Alipay code at the till), by which number, and how much; undefined where
 * the campus account paid. The sale's counterparty leg says it: nothing of the holder's own moved.
 */
export function paidThrough(
  sale: Entry,
): { readonly channel: PlatformChannel; readonly orderNo: string; readonly amountFen: Fen } | undefined {
  const { orderNo, postings } = sale;
  if (orderNo === undefined || postings.some(({ leg }) => isHolders(leg))) return undefined;
  for (const channel of CHANNELS) {
    const taken = postings.find(({ leg, amountFen }) => leg === legs.channel(channel) && amountFen < 0);
    if (taken !== undefined) return { channel, orderNo, amountFen: negate(taken.amountFen) };
  }
  return undefined;
}

/** Takes a part of such a sale back from its merchant and owes it to the platform, which is asked to give it to the payer. */
export function routeReversalDraft(
  head: Entry,
  wish: {
    readonly sale: Entry;
    readonly entryId: string;
    readonly amountFen: Fen;
    readonly channel: PlatformChannel;
    readonly recordedAt: EpochMs;
  },
  pack: Pick<RulePack, 'utcOffsetMinutes'>,
): Draft {
  const { sale, entryId, amountFen, channel, recordedAt } = wish;
  const merchant = sale.postings.find(({ leg }) => leg.startsWith('merchant:'));
  if (merchant === undefined) throw new Error('a sale without a merchant');
  const postings = move(merchant.leg, legs.channel(channel), amountFen);
  const terminal = Number(sale.entryId.slice(0, sale.entryId.indexOf('-')));
  const day = businessDay(recordedAt, pack.utcOffsetMinutes);
  return {
    kind: 'native-refund',
    entryId,
    postings,
    reverses: sale.entryId,
    counterparty: { book: terminalBook(terminal, day), place: `${sale.counterparty?.place ?? ''}-${entryId}` },
    ...(sale.merchant === undefined ? {} : { merchant: sale.merchant }),
    occurredAt: recordedAt,
    state: applyPostings(head.state, postings),
  };
}
