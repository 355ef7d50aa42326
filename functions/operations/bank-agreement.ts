import { AppError } from '../../shared/errors';
import type { FieldCipher } from '../lib/field-cipher';
import type { BankCard, BankCards } from '../store/bank-cards';

/** The bank's name for a binding, in the clear: for the bank alone. */
export function openAgreement(
  cipher: FieldCipher,
  { schoolId, accountNo, agreement }: Pick<BankCard, 'schoolId' | 'accountNo' | 'agreement'>,
): string {
  return cipher.open({ schoolId, accountNo, field: 'bankAgreement' }, agreement);
}

/** Throws AppError `bank.not-bound`, `bank.binding-ended` (the bank ended it: another card may be bound). */
export async function boundCard(
  deps: { readonly bankCards: Pick<BankCards, 'find'> },
  { schoolId, accountNo }: { readonly schoolId: string; readonly accountNo: number },
): Promise<BankCard> {
  const card = await deps.bankCards.find(schoolId, accountNo);
  if (card?.state === 'lost') throw new AppError('bank.binding-ended');
  if (card?.state !== 'bound') throw new AppError('bank.not-bound');
  return card;
}

/** The bank says that the binding is no more: the holder may bind again. Losing the race to another change is no harm. */
export async function loseBinding(deps: { readonly bankCards: Pick<BankCards, 'save'> }, card: BankCard): Promise<void> {
  await deps.bankCards.save({ ...card, state: 'lost' });
}
