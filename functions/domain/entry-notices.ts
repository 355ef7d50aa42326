import type { EntryKind } from '../../shared/api/common';
import type { NoticeKind } from '../../shared/api/notices';
import { type Fen, negate, subtract, sum, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { Entry } from './entry';
import { isHouseAccount } from './house-account';
import type { NoticeRules } from './notice-rules';
import { holderChange, spendable } from './posting';

/** What an entry gives its holder to know. An entry makes at most one of a kind, so kind and entry number name it for ever. */
export interface EntryNotice {
  readonly kind: NoticeKind;
  readonly amountFen: Fen;
  /** Number of the order, refund or entry it is about. */
  readonly about: string;
}

const SPENDS: ReadonlySet<EntryKind> = new Set(['charge', 'pass-charge', 'utility-payment', 'purse-loaded', 'fee']);
const ALL_ON: NoticeRules = { claimWaiting: true, refund: true };
/** Reconciliation tells of what it takes back itself, with the sale's number. */
const BY_RECONCILIATION = '-reconcile';

/** The notices of one entry, from the entry alone: its legs say what was before it. What happened comes before what it led to. */
export function noticesOf(entry: Entry, rules: NoticeRules): readonly EntryNotice[] {
  if (isHouseAccount(entry.accountNo)) return [];
  return SPENDS.has(entry.kind) ? ofSpend(entry, rules) : ofOther(entry, rules);
}

/** Whether any settings of a holder could make a notice of it: most purchases are told apart here, without a read. */
export function mayBeTold(entry: Entry, { notices }: Pick<RulePack, 'notices'>): boolean {
  if (!SPENDS.has(entry.kind)) return noticesOf(entry, ALL_ON).length > 0;
  if (notices === undefined) return false;
  const { lowBalance, largeSpend } = notices;
  return spentFen(entry) >= Math.min(...largeSpend.choicesFen) || spendable(entry.state) < Math.max(...lowBalance.choicesFen);
}

function ofSpend(entry: Entry, { largeSpendFen, lowBalanceFen }: NoticeRules): readonly EntryNotice[] {
  const spent = spentFen(entry);
  const left = spendable(entry.state);
  const isLarge = largeSpendFen !== undefined && spent >= largeSpendFen;
  // Only the entry that crosses the line: who stays below it is not told at every meal.
  const isLow = lowBalanceFen !== undefined && left < lowBalanceFen && leftBefore(entry) >= lowBalanceFen;
  return [...(isLarge ? [tell(entry, 'large-spend', spent)] : []), ...(isLow ? [tell(entry, 'low-balance', left)] : [])];
}

function ofOther(entry: Entry, rules: NoticeRules): readonly EntryNotice[] {
  switch (entry.kind) {
    case 'top-up': {
      const waiting = onLegs(entry, ['transit']);
      return rules.claimWaiting && waiting > ZERO ? [tell(entry, 'claim-waiting', waiting)] : [];
    }
    case 'reversal': {
      const back = holderChange(entry.postings);
      const isTold = rules.refund && back > ZERO && !entry.entryId.endsWith(BY_RECONCILIATION);
      return isTold ? [tell(entry, 'sale-refunded', back)] : [];
    }
    case 'refund-returned': {
      const back = holderChange(entry.postings);
      return rules.refund && back > ZERO ? [tell(entry, 'refund-returned', back)] : [];
    }
    case 'loss-reported':
    case 'loss-cancelled':
    case 'app-bound':
      return [tell(entry, entry.kind, ZERO)];
    default:
      return [];
  }
}

function tell({ orderNo, entryId }: Entry, kind: NoticeKind, amountFen: Fen): EntryNotice {
  return { kind, amountFen, about: orderNo ?? entryId };
}

function spentFen({ postings }: Entry): Fen {
  return negate(holderChange(postings));
}

/** Card and transit before the entry, of what they are after it. */
function leftBefore(entry: Entry): Fen {
  return subtract(spendable(entry.state), onLegs(entry, ['card', 'transit']));
}

function onLegs({ postings }: Entry, names: readonly string[]): Fen {
  return sum(postings.filter(({ leg }) => names.includes(leg)).map(({ amountFen }) => amountFen));
}
