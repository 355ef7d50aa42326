import type { EntryView } from '../../../../../shared/api/common';
import { ZERO } from '../../../../../shared/money';

/** An entry for tests: a sale of nothing, at noon, with what is said of it. */
export function entryOf(more: Partial<EntryView>): EntryView {
  return {
    n: 1,
    entryId: '7-1',
    kind: 'charge',
    amountFen: ZERO,
    runningFen: ZERO,
    balances: { cardFen: ZERO, transitFen: ZERO, chipPendingFen: ZERO, walletFen: ZERO, purseFen: ZERO, subsidyFen: ZERO },
    claimedFen: ZERO,
    fundedFrom: null,
    channel: null,
    merchant: null,
    orderNo: null,
    reverses: null,
    occurredAt: '2026-11-21T12:08:15.000+08:00',
    recordedAt: '2026-11-21T12:08:17.000+08:00',
    ...more,
  };
}
