import type { DeletionBlock, DeletionBlockCode } from '../../shared/api/my-data';
import { type Fen, ZERO } from '../../shared/money';
import { DAY_MS, type EpochMs } from '../../shared/time';
import { type AccountState, subsidyTotal } from './account-state';
import { openHolds } from './hold';

/** A holder who asked in anger, or whose phone was taken, has this long to say no. */
export const COOLING_OFF_DAYS = 15;
export const COOLING_OFF_MS = COOLING_OFF_DAYS * DAY_MS;
/** What came after the wish puts the erasure off by this, again and again. */
export const PUT_OFF_MS = DAY_MS;

/** What stands outside the passbook and is not finished. */
export interface OpenMatters {
  readonly orders: number;
  readonly payOuts: number;
  readonly disputes: number;
  readonly hasBankCard: boolean;
  readonly hasAutoTopUp: boolean;
}

/**
 * Why an account cannot be erased yet, each reason with the money it is about. Of an account that the office closed only what is under way
 * counts: what was left there has been named and acknowledged.
 */
export function deletionBlocks(state: AccountState, open: OpenMatters, at: EpochMs): readonly DeletionBlock[] {
  const { balances } = state;
  const money: readonly (readonly [DeletionBlockCode, Fen])[] = [
    ['card', balances.card],
    ['transit', balances.transit],
    ['chip-pending', balances.chipPending],
    ['wallet', balances.wallet],
    ['purse', balances.purse],
    ['subsidy', subsidyTotal(state)],
    ['owed', state.owedFen ?? ZERO],
  ];
  const matters: readonly (readonly [DeletionBlockCode, boolean])[] = [
    ['hold', openHolds(state, at).length > 0],
    ['order', open.orders > 0],
    ['pay-out', open.payOuts > 0],
    ['dispute', open.disputes > 0],
    ['bank-card', open.hasBankCard],
    ['auto-top-up', open.hasAutoTopUp],
  ];
  return [
    ...(state.closed ? [] : money.flatMap(([code, amountFen]) => (amountFen === ZERO ? [] : [{ code, amountFen }]))),
    ...matters.flatMap(([code, isOpen]) => (isOpen ? [{ code }] : [])),
  ];
}
