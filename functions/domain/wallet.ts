import { type Fen, fen, smaller, subtract, sum } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import { arrivalOf } from './account-changes';
import type { AccountState, Limits } from './account-state';
import type { Draft, Entry } from './entry';
import { walletAvailable } from './hold';
import { legs } from './legs';
import { limitsOf } from './limits';
import { movementDraft } from './movement';
import { move } from './posting';

interface Named {
  readonly entryId: string;
  readonly occurredAt: EpochMs;
}
interface Moved extends Named {
  readonly amountFen: Fen;
  readonly recordedAt: EpochMs;
}

/** The wallet may be paid from: a bank card is bound (DL-12). */
export function openWalletDraft(head: Entry, named: Named): Draft {
  return { kind: 'wallet-opened', ...named, postings: [], state: { ...head.state, walletOpen: true } };
}

export function closeWalletDraft(head: Entry, named: Named): Draft {
  return { kind: 'wallet-closed', ...named, postings: [], state: { ...head.state, walletOpen: false } };
}

/** Entry id of the way on to the card behind the debit that made it possible. */
export function onwardId(orderNo: string): string {
  return `${orderNo}-card`;
}

/** 卡片充值: from the wallet to where top-ups of the card arrive (DL-38). Undefined where the wallet has less, or the account is closed. */
export function toCardDraft(head: Entry, moved: Moved, pack: RulePack): Draft | undefined {
  if (head.state.closed || walletAvailable(head.state, moved.recordedAt) < moved.amountFen) return undefined;
  const { amountFen, ...named } = moved;
  return movementDraft(
    head,
    { kind: 'transfer', ...named, postings: move('wallet', arrivalOf(pack), amountFen), family: 'internal' },
    pack,
  );
}

/** What may go back to the holder's own bank card: what it brought in, as far as the wallet holds it. */
export function withdrawableFen(state: AccountState, at: EpochMs): Fen {
  return smaller(state.ownBankFen, walletAvailable(state, at));
}

/** 提现. The caller has refused more than is withdrawable. */
export function withdrawalDraft(head: Entry, moved: Moved, pack: RulePack): Draft {
  const { amountFen, ...named } = moved;
  const postings = move('wallet', legs.channel('bank-card'), amountFen);
  const draft = movementDraft(head, { kind: 'withdrawal', ...named, postings, family: 'channel/bank-card' }, pack);
  const ownBankFen = smaller(draft.state.ownBankFen, subtract(head.state.ownBankFen, amountFen));
  return { ...draft, state: { ...draft.state, ownBankFen } };
}

const LIMITS = ['perTransactionFen', 'perMealPeriodFen', 'perDayFen'] as const;
export type LimitName = (typeof LIMITS)[number];

/** The limit that is set above the school's own, if there is one. */
export function aboveSchool(limits: Limits, pack: RulePack): LimitName | undefined {
  return LIMITS.find((name) => (limits[name] ?? 0) > (pack.limits[name] ?? Number.MAX_SAFE_INTEGER));
}

/** Whether more may be spent under `next` than now: that needs a second proof. */
export function isRaised(state: AccountState, next: Limits, pack: RulePack): boolean {
  const most = (limits: Limits, name: LimitName): number => limits[name] ?? Number.MAX_SAFE_INTEGER;
  const now = limitsOf(state, pack);
  const then = limitsOf({ ...state, limits: next }, pack);
  return LIMITS.some((name) => most(then, name) > most(now, name));
}

export function isSameLimits(a: Limits, b: Limits): boolean {
  return LIMITS.every((name) => a[name] === b[name]);
}

export function limitsDraft(head: Entry, { limits, ...named }: Named & { readonly limits: Limits }): Draft {
  return { kind: 'limits-changed', ...named, postings: [], state: { ...head.state, limits } };
}

/** What an entry did to the wallet, or that it opened, closed or reserved it (交易明细, DL-21). */
export function touchesWallet(entry: Entry): boolean {
  return WALLET_KINDS.includes(entry.kind) || entry.postings.some(({ leg }) => leg === 'wallet');
}

/** What an entry put into the wallet, or took out of it: also where the holder has as much as before. */
export function walletChange({ postings }: Entry): Fen {
  return sum(postings.filter(({ leg }) => leg === 'wallet').map(({ amountFen }) => amountFen));
}

const WALLET_KINDS: readonly Entry['kind'][] = ['wallet-opened', 'wallet-closed', 'hold', 'hold-released'];

/** What the bank card must pay where the wallet alone is short. */
export function shortfallFen(state: AccountState, amountFen: Fen, at: EpochMs): Fen {
  return fen(Math.max(0, subtract(amountFen, walletAvailable(state, at))));
}
