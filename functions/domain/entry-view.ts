import type { EntryKind, EntryView } from '../../shared/api/common';
import { type Fen, negate, sum, ZERO } from '../../shared/money';
import type { Bilingual } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { type AccountState, subsidyTotal } from './account-state';
import type { Entry } from './entry';
import { legs } from './legs';
import { claimedFen, holderChange, isHolders, isSubsidy, salePostings } from './posting';

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
  refund: true,
  'refund-returned': true,
  withdrawal: true,
  'withdrawal-returned': true,
  'utility-payment': true,
  'utility-returned': true,
  transfer: true,
  'chip-intent': true,
  'chip-written': true,
  'subsidy-granted': true,
  'subsidy-expired': true,
  fee: true,
  deposit: true,
  'deposit-returned': true,
  adjustment: true,
  'wallet-opened': true,
  'wallet-closed': true,
  'account-frozen': true,
  'account-closed': true,
  hold: true,
  'hold-released': true,
  'card-synced': true,
  'card-activated': true,
  'group-changed': false,
  'native-charge': true,
  'native-refund': true,
  'pass-opened': false,
  'pass-charge': true,
  'pass-ended': false,
  'purse-loaded': true,
  'purse-settled': true,
  'purse-returned': true,
  'receivable-cleared': true,
  // A holder's passbook has none of these.
  'platform-settlement': false,
  'merchant-payout': false,
  suspense: false,
  'suspense-cleared': false,
  'cash-collected': false,
};

export function isShown(entry: Entry): boolean {
  return SHOWN[entry.kind];
}

/** What the holder has more (or less) after the entry, over all places and the subsidy. */
export function holderAmount(entry: Entry): Fen {
  return holderChange(entry.postings);
}

/** The amount beside the entry in every list. */
export function amountShown(entry: Entry): Fen {
  return paidOutside(entry) ?? holderAmount(entry);
}

/**
 * What a sale by the payer's own WeChat or Alipay code, or its refund, was worth to them, though nothing of the holder's moved here: it is
 * the merchant's leg that tells. Undefined for every other entry.
 */
function paidOutside({ postings }: Entry): Fen | undefined {
  const merchant = postings.find(({ leg }) => leg.startsWith('merchant:'));
  const isOutside = postings.some(({ leg }) => leg.startsWith('channel:')) && !postings.some(({ leg }) => isHolders(leg));
  return merchant !== undefined && isOutside ? negate(merchant.amountFen) : undefined;
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
    amountFen: amountShown(entry),
    runningFen: sum([balances.card, balances.transit]),
    balances: balancesView(entry.state),
    // Only these claim; a reversal of a top-up takes from transit too.
    claimedFen: CLAIMS.has(entry.kind) ? claimedFen(entry.postings) : ZERO,
    ...owedBy(entry),
    fundedFrom: fundedFrom(entry),
    channel: channelOf(entry),
    merchant: (entry.merchant === undefined ? undefined : merchants.get(entry.merchant)) ?? null,
    orderNo: entry.orderNo ?? null,
    reverses: entry.reverses ?? null,
    occurredAt: toIso(entry.occurredAt, utcOffsetMinutes),
    recordedAt: toIso(entry.recordedAt, utcOffsetMinutes),
  };
}

function owedBy({ postings }: Entry): { readonly owedFen?: Fen } {
  const owed = negate(sum(postings.filter(({ leg }) => leg === legs.receivable).map(({ amountFen }) => amountFen)));
  return owed > ZERO ? { owedFen: owed } : {};
}

const CLAIMS: ReadonlySet<EntryKind> = new Set(['charge', 'claim', 'chip-intent']);
const SOURCES = ['card', 'wallet', 'purse', 'subsidy'] as const;

/** What a sale was paid from; of a sale paid from several, the one that gave most. */
function fundedFrom(entry: Entry): EntryView['fundedFrom'] {
  // A settlement fills the purse up as well; the water was paid from the purse while the card had one.
  if (entry.kind === 'purse-settled')
    return entry.postings.some(({ leg, amountFen }) => leg === 'purse' && amountFen < 0) ? 'purse' : 'card';
  if (entry.kind !== 'charge' && entry.kind !== 'pass-charge') return null;
  let most = ZERO;
  let source: EntryView['fundedFrom'] = null;
  for (const { leg, amountFen } of salePostings(entry.postings)) {
    const named = isSubsidy(leg) ? 'subsidy' : SOURCES.find((name) => name === leg);
    if (named === undefined || negate(amountFen) <= most) continue;
    most = negate(amountFen);
    source = named;
  }
  return source;
}

const CHANNELS = ['wechat-pay', 'alipay', 'bank-card', 'cash'] as const;

/** Through which channel money came or went. Notes lie in their machine, not with a platform. */
export function channelOf(entry: Entry): EntryView['channel'] {
  const found = CHANNELS.find((name) => entry.postings.some(({ leg }) => leg === `channel:${name}`));
  return found ?? (entry.postings.some(({ leg }) => leg.startsWith('cash:')) ? 'cash' : null);
}
