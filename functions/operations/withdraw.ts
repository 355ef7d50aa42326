import type { WithdrawalReply } from '../../shared/api/wallet';
import { AppError } from '../../shared/errors';
import { type Fen, fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { bankRequestNo } from '../domain/bank-transfer';
import type { PayOut } from '../domain/pay-out';
import { withdrawableFen, withdrawalDraft } from '../domain/wallet';
import { boundCard } from './bank-agreement';
import type { HolderCaller } from './caller';
import type { SecondProof } from './check-second-proof';
import { infoStatus } from './customer-info';
import { startPayOut } from './pay-out';
import { proveNow } from './standing-proof';
import type { WalletDeps } from './wallet-deps';

export interface WithdrawalWish {
  readonly requestId: string;
  /** As it came from the wire. */
  readonly amountFen: unknown;
  readonly cardTail?: string | undefined;
  readonly proof?: SecondProof | undefined;
}

/**
 * 提现 to the holder's own bound card: what it brought in, as far as the wallet holds it. The money leaves the wallet first and comes back where
 * the bank says definitely that it did not go. A repeat is the same withdrawal and needs no second code.
 *
 * Throws AppError: `wallet.not-offered`, `payment.amount-invalid`, `wallet.over-withdrawable` (detail.withdrawableFen), `wallet.other-card`,
 * `wallet.info-required`, `bank.not-bound`, `bank.binding-ended`, `auth.password-change-required`, `auth.second-proof-required`,
 * `auth.second-proof-wrong`, `auth.second-proof-not-offered`, `auth.locked`, `request.replayed-differently`, `account.closed`,
 * `account.unknown`, `request.busy`.
 */
export async function withdraw(deps: WalletDeps, caller: HolderCaller, wish: WithdrawalWish): Promise<WithdrawalReply> {
  const { schoolId, accountNo } = caller.bound;
  const pack = await deps.packOf(schoolId);
  if (!pack.wallet.offered) throw new AppError('wallet.not-offered');
  const amountFen = wantedFen(wish.amountFen);
  const payOutNo = bankRequestNo('withdraw', { schoolId, accountNo, requestId: wish.requestId });
  const known = await deps.payOuts.find(schoolId, payOutNo);
  if (known !== undefined) {
    if (known.amountFen !== amountFen) throw new AppError('request.replayed-differently');
    return view(known, pack);
  }
  const card = await boundCard(deps, caller.bound);
  if (wish.cardTail !== undefined && wish.cardTail !== card.cardTail) throw new AppError('wallet.other-card');
  const info = await deps.customerInfos.find(schoolId, accountNo);
  if (infoStatus(info, deps.clock(), pack) !== 'complete') throw new AppError('wallet.info-required');
  const proofRows = await proveNow(deps, caller, { pack, proof: wish.proof });
  const payOut = await startPayOut(
    deps,
    {
      ...{ schoolId, payOutNo, accountNo, amountFen },
      kind: 'withdrawal',
      // Sealed, as on the card's row; the route opens it.
      to: { via: 'bank', agreementRef: card.agreement, cardTail: card.cardTail },
      reason: `${pack.shortName.zh}${pack.wallet.label.zh}提现`,
      askedBy: 'holder',
    },
    {
      gather: proofRows,
      decide(head, recordedAt, rows) {
        if (head.state.closed) throw new AppError('account.closed');
        const most = withdrawableFen(head.state, recordedAt);
        if (amountFen > most) throw new AppError('wallet.over-withdrawable', { withdrawableFen: most });
        return { draft: withdrawalDraft(head, { entryId: payOutNo, amountFen, occurredAt: recordedAt, recordedAt }, pack), rows };
      },
    },
  );
  return view(payOut, pack);
}

/** Throws AppError `pay-out.unknown`. */
export async function readWithdrawal(deps: WalletDeps, { bound }: HolderCaller, withdrawalNo: string): Promise<WithdrawalReply> {
  const [pack, payOut] = await Promise.all([deps.packOf(bound.schoolId), deps.payOuts.find(bound.schoolId, withdrawalNo)]);
  if (payOut?.accountNo !== bound.accountNo || payOut.kind !== 'withdrawal') throw new AppError('pay-out.unknown');
  return view(payOut, pack);
}

function wantedFen(value: unknown): Fen {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0) throw new AppError('payment.amount-invalid');
  return fen(value);
}

function view(payOut: PayOut, { utcOffsetMinutes }: RulePack): WithdrawalReply {
  return {
    withdrawalNo: payOut.payOutNo,
    amountFen: payOut.amountFen,
    cardTail: payOut.to.via === 'bank' ? payOut.to.cardTail : '',
    state: payOut.state,
    createdAt: toIso(payOut.createdAt, utcOffsetMinutes),
    doneAt: 'doneAt' in payOut ? toIso(payOut.doneAt, utcOffsetMinutes) : null,
  };
}
