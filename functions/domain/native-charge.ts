import type { RulePack } from '../../shared/rule-pack';
import { businessDay, type EpochMs } from '../../shared/time';
import type { AccountState } from './account-state';
import { terminalBook } from './books';
import type { Draft } from './entry';
import { legs } from './legs';
import type { AskedPayment } from './native-payment';
import { applyPostings, move } from './posting';
import { enterRing, saleEntryId } from './terminal-ring';

/**
 * A sale that the platform has the money of, in the passbook of who bought. It moves nothing of the holder's own: the platform owes it to us
 * and we to the merchant.
 */
export function nativeChargeDraft(
  head: { readonly state: AccountState; readonly n: number },
  payment: AskedPayment,
  recordedAt: EpochMs,
  { utcOffsetMinutes }: Pick<RulePack, 'utcOffsetMinutes'>,
): Draft {
  const { terminal, sequence, channel, merchant, amountFen, occurredAt, orderNo, bodyHash } = payment;
  const postings = move(legs.channel(channel), legs.merchant(merchant), amountFen);
  const ring = enterRing(head.state.ring, { terminal, sequence, n: head.n + 1, at: recordedAt });
  return {
    kind: 'native-charge',
    entryId: saleEntryId({ terminal, sequence }),
    requestHash: bodyHash,
    postings,
    counterparty: { book: terminalBook(terminal, businessDay(occurredAt, utcOffsetMinutes)), place: String(sequence).padStart(9, '0') },
    merchant,
    orderNo,
    occurredAt,
    state: { ...applyPostings(head.state, postings), ring },
  };
}
