import type { MachineBankBodyOf, MachineBindReply } from '../../shared/api/terminal-bank';
import { AppError } from '../../shared/errors';
import { toIso } from '../../shared/time';
import { bankRequestNo } from '../domain/bank-transfer';
import { saleEntryId } from '../domain/terminal-ring';
import type { Banks } from './bank-order-source';
import { bankOf, type KeepBindingDeps, keepBinding } from './bind-bank-card';
import { type CardPasswordDeps, proveCardPassword } from './card-password';
import { type MachineDeps, type MachineRequest, mustBeInTime, readCard } from './machine';
import { openIdTail } from './personal-data';

export interface BindAtMachineDeps extends MachineDeps, CardPasswordDeps, KeepBindingDeps {
  readonly banks: Banks<'bindVouched' | 'debit' | 'queryDebit' | 'cancelDebit'>;
}

/**
 * 申请绑定 (ST-28…ST-30): the school vouches that card and password were there, and the bank that its own card belongs to that name and ID. The
 * initial password vouches for nothing: it must have been changed (ST-27).
 *
 * Throws AppError: `bank.not-offered`, `bank.already-bound`, `bank.card-unknown`, `bank.card-not-own`, `bank.card-not-debit`, `bank.card-other-bank`,
 * `bank.refused`, `bank.unavailable` (repeat), `auth.password-change-required`, `auth.wrong-password`, `auth.locked`, `claim.password-required`,
 * `claim.pin-unreadable`, `claim.too-late`, `terminal.clock`, `request.replayed-differently`, `request.busy`, and as `readCard`.
 */
export async function bindAtMachine(
  deps: BindAtMachineDeps,
  request: MachineRequest<MachineBankBodyOf<'bind'>>,
): Promise<MachineBindReply> {
  const { body, pack } = request;
  const { schoolId } = body;
  const bank = bankOf(deps, pack);
  const { accountNo } = await readCard(deps, request);
  const bindingNo = bankRequestNo('bind', { schoolId, accountNo, requestId: `machine|${saleEntryId(body)}` });
  const [asked, card] = await Promise.all([deps.bankBindings.find(schoolId, bindingNo), deps.bankCards.find(schoolId, accountNo)]);
  if (asked?.state !== 'bound') {
    if (card?.state === 'bound' || card?.state === 'ending') throw new AppError('bank.already-bound');
    mustBeInTime(body, deps.clock());
    const { holder, idTail } = await vouched(deps, request, accountNo);
    if (asked === undefined) {
      // The wish stands before the bank is asked; that it stands already is a repeat.
      await deps.transact([
        deps.bankBindings.changedRow({ schoolId, bindingNo, accountNo, state: 'asked', createdAt: deps.clock(), version: 0 }),
      ]);
    }
    const made = await bank.bindVouched({ requestNo: bindingNo, schoolId, name: holder.name, idTail, cardNumber: body.bankCard });
    await keepBinding(deps, { schoolId, accountNo, bindingNo, pack }, made);
  }
  const bound = await deps.bankCards.find(schoolId, accountNo);
  if (bound === undefined || pack.bank === undefined) throw new AppError('request.busy');
  return {
    kind: 'bind',
    bankName: pack.bank.name,
    cardTail: bound.cardTail,
    serverTime: toIso(deps.clock(), pack.utcOffsetMinutes),
  };
}

/** Card, changed password and an ID in the roster. Without one the bank could not tell whose card it is. */
async function vouched(deps: BindAtMachineDeps, { body, pack }: MachineRequest<MachineBankBodyOf<'bind'>>, accountNo: number) {
  await proveCardPassword(deps, { place: body, pin: body.pin, accountNo, pack, which: 'transaction' });
  const holder = await deps.holders.find(body.schoolId, accountNo);
  if (holder === undefined) throw new AppError('account.unknown');
  const isChanged = pack.passwords.transaction === undefined ? holder.passwordHash !== null : holder.transactionPasswordHash !== undefined;
  if (!isChanged) throw new AppError('auth.password-change-required');
  const idTail = openIdTail(deps.fieldCipher, holder);
  if (idTail === '') throw new AppError('bank.card-not-own');
  return { holder, idTail };
}
