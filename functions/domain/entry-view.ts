import type { EntryKind, EntryView } from '../../shared/api/common';
import { type Fen, negate, sum, ZERO } from '../../shared/money';
import type { Bilingual } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { type AccountState, subsidyTotal } from './account-state';
import type { Entry } from './entry';
import { claimedFen, salePostings } from './posting';

/**
 * Whether a student's statement shows entries of this kind: what moves money, and what stops or lets it. A fence says
 * that nothing happened; opening and the comings and goings of apps have screens of their own.
 */
const SHOWN: Readonly<Record<EntryKind, boolean>> = {
  opened: false,
  'top-up': true,
  charge: true,
  void: true,
  reversal: true,
  claim: true,
  'loss-reported': true,
  'loss-cancelled': true,
  'app-bound': false,
  'app-revoked': false,
  fence: false,
  'limits-changed': true,
  'card-issued': true,
};

export function isShown(entry: Entry): boolean {
  return SHOWN[entry.kind];
}

/** Balances a student has; `chipPending` is on its way between two of them and would be counted twice. */
const HELD = new Set(['card', 'transit', 'wallet', 'purse']);

/** What the holder has more (or less) after the entry, over card, transit, wallet and purse. */
export function holderAmount(entry: Entry): Fen {
  return sum(entry.postings.filter(({ leg }) => HELD.has(leg)).map(({ amountFen }) => amountFen));
}

export function balancesView(state: AccountState): EntryView['balances'] {
  const { card, transit, chipPending, wallet, purse } = state.balances;
  return {
    cardFen: card,
    transitFen: transit,
    chipPendingFen: chipPending,
    walletFen: wallet,
    purseFen: purse,
    subsidyFen: subsidyTotal(state),
  };
}

export interface EntryViewContext {
  readonly utcOffsetMinutes: number;
  /** Names of the merchants of the entries shown; one that is missing is shown without a name. */
  readonly merchants: ReadonlyMap<number, Bilingual>;
}

/** An entry as its holder reads it. Spending is negative (never SQ-10's green plus). */
export function entryView(entry: Entry, { utcOffsetMinutes, merchants }: EntryViewContext): EntryView {
  const { balances } = entry.state;
  return {
    n: entry.n,
    entryId: entry.entryId,
    kind: entry.kind,
    amountFen: holderAmount(entry),
    runningFen: sum([balances.card, balances.transit]),
    balances: balancesView(entry.state),
    // Only these two claim; a reversal of a top-up takes from transit too.
    claimedFen: entry.kind === 'charge' || entry.kind === 'claim' ? claimedFen(entry.postings) : ZERO,
    fundedFrom: fundedFrom(entry),
    channel: channelOf(entry),
    merchant: (entry.merchant === undefined ? undefined : merchants.get(entry.merchant)) ?? null,
    orderNo: entry.orderNo ?? null,
    reverses: entry.reverses ?? null,
    occurredAt: toIso(entry.occurredAt, utcOffsetMinutes),
    recordedAt: toIso(entry.recordedAt, utcOffsetMinutes),
  };
}

const SOURCES = ['card', 'wallet', 'purse', 'subsidy'] as const;

/** What a sale was paid from; of a sale paid from several, the one that gave most. */
function fundedFrom(entry: Entry): EntryView['fundedFrom'] {
  if (entry.kind !== 'charge') return null;
  let most = ZERO;
  let source: EntryView['fundedFrom'] = null;
  for (const { leg, amountFen } of salePostings(entry.postings)) {
    const named = SOURCES.find((name) => name === leg);
    if (named === undefined || negate(amountFen) <= most) continue;
    most = negate(amountFen);
    source = named;
  }
  return source;
}

const CHANNELS = ['wechat-pay', 'alipay'] as const;

function channelOf(entry: Entry): EntryView['channel'] {
  return CHANNELS.find((name) => entry.postings.some(({ leg }) => leg === `channel:${name}`)) ?? null;
}
