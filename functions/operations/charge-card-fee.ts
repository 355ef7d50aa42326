import { AppError } from '../../shared/errors';
import type { Fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { AccountState } from '../domain/account-state';
import { cardAvailable } from '../domain/hold';
import { legs } from '../domain/legs';
import { movementDraft } from '../domain/movement';
import { move, type Posting } from '../domain/posting';
import type { CardCharge, CardChargeKind, CardCharges } from '../store/card-charges';
import { type AppendDeps, changeAccount } from './append-loop';

export interface CardChargeDeps extends AppendDeps {
  readonly cardCharges: CardCharges;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

export interface CardChargeWish {
  readonly schoolId: string;
  readonly accountNo: number;
  /** Which physical card (发卡次数). */
  readonly issue: number;
  readonly what: CardChargeKind;
}

/**
 * 工本费 or 押金 of a card, from the card's money; or the deposit given back to it, also on a closed account. Each at most once for a card,
 * however often it is asked. The amounts are the pack's; a deposit is given back as it was taken.
 *
 * Throws AppError: `card.charge-not-offered`, `card.charge-not-due` (another card than the active one, or no deposit to give back),
 * `payment.insufficient-balance`, `account.closed`, `account.unknown`, `request.busy`, `school.unknown`.
 */
export async function chargeCardFee(deps: CardChargeDeps, wish: CardChargeWish): Promise<CardCharge> {
  const { schoolId, accountNo, issue, what } = wish;
  const pack = await deps.packOf(schoolId);
  return changeAccount<{ done: CardCharge | undefined; deposit: CardCharge | undefined }, CardCharge>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    async gather() {
      const done = await deps.cardCharges.find(wish);
      const deposit = what === 'deposit-returned' ? await deps.cardCharges.find({ ...wish, what: 'deposit' }) : undefined;
      return { done, deposit };
    },
    decide(head, recordedAt, { done, deposit }) {
      if (done !== undefined) return { answer: done };
      const amountFen = amountOf(what, pack, deposit);
      if (what !== 'deposit-returned') refuseDebit(head.state, { issue, amountFen, at: recordedAt });
      const charge: CardCharge = { ...wish, amountFen, n: head.n + 1 };
      const entryId = `card-${what}-${accountNo}-${issue}`;
      const movement = {
        kind: what,
        entryId,
        postings: legsOf(what, amountFen),
        family: 'income',
        occurredAt: recordedAt,
        recordedAt,
      } as const;
      return { write: movementDraft(head, movement, pack), rows: [deps.cardCharges.row(charge)], answer: () => charge };
    },
  });
}

function amountOf(what: CardChargeKind, { cardCharges }: RulePack, deposit: CardCharge | undefined): Fen {
  switch (what) {
    case 'fee':
      if (cardCharges === undefined) throw new AppError('card.charge-not-offered');
      return cardCharges.feeFen;
    case 'deposit':
      if (cardCharges?.depositFen === undefined) throw new AppError('card.charge-not-offered');
      return cardCharges.depositFen;
    case 'deposit-returned':
      if (deposit === undefined) throw new AppError('card.charge-not-due');
      return deposit.amountFen;
  }
}

function refuseDebit(
  state: AccountState,
  { issue, amountFen, at }: { readonly issue: number; readonly amountFen: Fen; readonly at: EpochMs },
): void {
  if (state.closed) throw new AppError('account.closed');
  if (issue !== state.cardIssue) throw new AppError('card.charge-not-due');
  if (cardAvailable(state, at) < amountFen) throw new AppError('payment.insufficient-balance');
}

function legsOf(what: CardChargeKind, amountFen: Fen): readonly Posting[] {
  switch (what) {
    case 'fee':
      return move('card', legs.cardFee, amountFen);
    case 'deposit':
      return move('card', legs.cardDeposit, amountFen);
    case 'deposit-returned':
      return move(legs.cardDeposit, 'card', amountFen);
  }
}
