import type { BankCardReply } from '../../shared/api/wallet';
import { AppError } from '../../shared/errors';
import { newId } from '../../shared/ids';
import { openHolds } from '../domain/hold';
import { closeWalletDraft } from '../domain/wallet';
import type { BankCard } from '../store/bank-cards';
import { changeAccount } from './append-loop';
import { openAgreement } from './bank-agreement';
import { bankOf } from './bind-bank-card';
import type { HolderCaller } from './caller';
import type { WalletDeps } from './wallet-deps';

/**
 * Ends the binding at the bank and closes the wallet. Refused while the wallet holds money, because a closed wallet's could neither be paid
 * with nor withdrawn, and while a transfer with the bank is open. `ending` is written before the bank is asked, so that nothing new is asked
 * of a card that is going; a repeat goes on where the last one died.
 *
 * Throws AppError: `bank.not-bound`, `wallet.not-empty`, `bank.debit-open`, `bank.not-offered`, `bank.refused`, `bank.unavailable`,
 * `account.unknown`, `request.busy`.
 */
export async function unbindCard(deps: WalletDeps, { bound }: HolderCaller): Promise<BankCardReply> {
  const { schoolId, accountNo } = bound;
  const pack = await deps.packOf(schoolId);
  const bank = bankOf(deps, pack);
  const found = await deps.bankCards.find(schoolId, accountNo);
  if (found === undefined || found.state === 'ended') throw new AppError('bank.not-bound');
  await refuseOpen(deps, found);
  const ending = await asEnding(deps, found);
  if (found.state !== 'lost') await bank.endBinding({ agreementRef: openAgreement(deps.fieldCipher, ending) });
  if (!pack.wallet.offered) {
    if (!(await deps.bankCards.save({ ...ending, state: 'ended' }))) throw new AppError('request.busy');
    return { card: null };
  }
  const entryId = newId('wlc', deps.clock(), deps.randomBytes);
  await changeAccount<BankCard | undefined, void>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: () => deps.bankCards.find(schoolId, accountNo),
    decide(head, recordedAt, row) {
      if (row?.state !== 'ending') return { answer: undefined };
      const rows = [deps.bankCards.changedRow({ ...row, state: 'ended' })];
      return { write: closeWalletDraft(head, { entryId, occurredAt: recordedAt }), rows, answer: () => undefined };
    },
  });
  return { card: null };
}

async function asEnding(deps: WalletDeps, card: BankCard): Promise<BankCard> {
  if (card.state === 'ending') return card;
  if (!(await deps.bankCards.save({ ...card, state: 'ending' }))) throw new AppError('request.busy');
  return { ...card, state: 'ending', version: card.version + 1 };
}

async function refuseOpen(deps: WalletDeps, { schoolId, accountNo }: BankCard): Promise<void> {
  const [head, { orders }, { payOuts }] = await Promise.all([
    deps.passbook.head(schoolId, accountNo),
    deps.orders.ofAccount(schoolId, accountNo),
    deps.payOuts.ofAccount(schoolId, accountNo),
  ]);
  if (head === undefined) throw new AppError('account.unknown');
  if (head.state.balances.wallet > 0) throw new AppError('wallet.not-empty');
  const isOpen =
    openHolds(head.state, deps.clock()).length > 0 ||
    orders.some(({ channel, state }) => channel === 'bank-card' && (state === 'created' || state === 'paid')) ||
    payOuts.some(({ to, state }) => to.via === 'bank' && state === 'requested');
  if (isOpen) throw new AppError('bank.debit-open');
}
