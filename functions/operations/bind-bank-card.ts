import type { BankCardReply, BindCardReply, CodeSentReply } from '../../shared/api/wallet';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { bankRequestNo } from '../domain/bank-transfer';
import { openWalletDraft } from '../domain/wallet';
import type { BankGateway } from '../platforms/contract';
import type { BankBinding } from '../store/bank-bindings';
import type { BankCard } from '../store/bank-cards';
import type { Holder } from '../store/holders';
import type { TableWrite } from '../store/table';
import { type AppendDeps, changeAccount } from './append-loop';
import { codeView } from './bank-code';
import { type Banks, bankAt } from './bank-order-source';
import type { HolderCaller } from './caller';
import { returnGuessed, takeGuess } from './guess-guard';
import { openIdTail } from './personal-data';
import { provenHolder } from './standing-proof';
import type { WalletDeps } from './wallet-deps';

export interface CardToBind {
  readonly requestId: string;
  /** Typed by the holder (DL-10): the roster keeps its tail only. It goes to the bank, sealed, and nowhere else. */
  readonly idNumber: string;
  readonly cardNumber?: string | undefined;
}

/**
 * Asks the bank to bind the holder's own debit card; the bank sends a code. The name is the roster's, and the ID must end as the roster says,
 * so that nobody binds a stranger's card. What the bank refuses may be asked again under the same request id, with the card corrected.
 *
 * Throws AppError: `bank.not-offered`, `bank.already-bound`, `bank.card-not-own`, `bank.card-not-debit`, `bank.card-other-bank`,
 * `bank.card-unknown`, `bank.refused`, `bank.unavailable`, `request.replayed-differently`, `account.closed`, `account.unknown`, `auth.locked`,
 * `auth.password-change-required`, `auth.second-proof-required`, `request.busy`.
 */
export async function startBinding(deps: WalletDeps, caller: HolderCaller, wish: CardToBind): Promise<BindCardReply> {
  const { schoolId, accountNo } = caller.bound;
  const pack = await deps.packOf(schoolId);
  const bank = bankOf(deps, pack);
  const [holder, head, card] = await Promise.all([
    provenHolder(deps, caller),
    deps.passbook.head(schoolId, accountNo),
    deps.bankCards.find(schoolId, accountNo),
  ]);
  if (head === undefined) throw new AppError('account.unknown');
  if (head.state.closed) throw new AppError('account.closed');
  if (card?.state === 'bound' || card?.state === 'ending') throw new AppError('bank.already-bound');
  await checkIdNumber(deps, caller, holder, wish.idNumber);
  const bindingNo = bankRequestNo('bind', { schoolId, accountNo, requestId: wish.requestId });
  // The wish stands before the bank is asked; that it stands already is a repeat.
  await deps.transact([
    deps.bankBindings.changedRow({ schoolId, bindingNo, accountNo, state: 'asked', createdAt: deps.clock(), version: 0 }),
  ]);
  const { idNumber, cardNumber } = wish;
  const { name } = holder;
  const sent = await bank.startBinding({
    requestNo: bindingNo,
    schoolId,
    name,
    idNumber,
    ...(cardNumber === undefined ? {} : { cardNumber }),
  });
  return { bindingNo, code: codeView(sent, pack) };
}

/** Throws AppError `bank.code-too-soon`, `bank.binding-unknown`, `bank.not-offered`, `bank.refused`, `bank.unavailable`, `bank.code-locked`. */
export async function resendBindingCode(deps: WalletDeps, { bound }: HolderCaller, bindingNo: string): Promise<CodeSentReply> {
  const pack = await deps.packOf(bound.schoolId);
  await ownBinding(deps, bound, bindingNo);
  return { code: codeView(await bankOf(deps, pack).resendCode({ requestNo: bindingNo }), pack) };
}

/**
 * Confirms with the bank's code; then the card, the wish and, where the school has a wallet, the entry that opens it are one transaction. A
 * repeat is the same binding: the bank answers the same agreement.
 *
 * Throws AppError: `bank.code-wrong` (detail.triesLeft), `bank.code-expired`, `bank.code-locked`, `bank.binding-unknown`, `bank.already-bound`,
 * `bank.not-offered`, `bank.refused`, `bank.unavailable`, `account.closed`, `account.unknown`, `request.busy`.
 */
export async function confirmBinding(
  deps: WalletDeps,
  { bound }: HolderCaller,
  { bindingNo, code }: { readonly bindingNo: string; readonly code: string },
): Promise<BankCardReply> {
  const { schoolId, accountNo } = bound;
  const pack = await deps.packOf(schoolId);
  const bank = bankOf(deps, pack);
  const asked = await ownBinding(deps, bound, bindingNo);
  if (asked.state === 'bound') return cardReply(await deps.bankCards.find(schoolId, accountNo), pack);
  await keepBinding(deps, { schoolId, accountNo, bindingNo, pack }, await bank.confirmBinding({ requestNo: bindingNo, code }));
  return cardReply(await deps.bankCards.find(schoolId, accountNo), pack);
}

export type KeepBindingDeps = AppendDeps &
  Pick<WalletDeps, 'bankCards' | 'bankBindings' | 'transact'> & { readonly fieldCipher: Pick<WalletDeps['fieldCipher'], 'seal' | 'open'> };

/**
 * What the bank has bound, with the wish that asked for it and, where the school has a wallet, the entry that opens it. A repeat writes nothing.
 *
 * Throws AppError: `bank.binding-unknown`, `bank.already-bound`, `account.closed`, `account.unknown`, `request.busy`.
 */
export async function keepBinding(
  deps: KeepBindingDeps,
  wish: { readonly schoolId: string; readonly accountNo: number; readonly bindingNo: string; readonly pack: RulePack },
  { agreementRef, cardTail }: { readonly agreementRef: string; readonly cardTail: string },
): Promise<void> {
  const { schoolId, accountNo, bindingNo, pack } = wish;
  const agreement = deps.fieldCipher.seal({ schoolId, accountNo, field: 'bankAgreement' }, agreementRef);
  const bankName = pack.bank?.name.zh ?? '';
  const card = { schoolId, accountNo, state: 'bound', bindingNo, agreement, cardTail, bankName } as const;
  const gather = async () => ({ row: await deps.bankCards.find(schoolId, accountNo), binding: await ownBinding(deps, wish, bindingNo) });
  type Found = Awaited<ReturnType<typeof gather>>;
  /** Undefined: it was bound meanwhile, by a repeat of this. */
  const rowsOf = ({ row, binding }: Found, boundAt: number): readonly TableWrite[] | undefined => {
    if (binding.state === 'bound') return undefined;
    if (row?.state === 'bound' || row?.state === 'ending') throw new AppError('bank.already-bound');
    return [
      deps.bankCards.changedRow({ ...card, boundAt, version: row?.version ?? 0 }),
      deps.bankBindings.changedRow({ ...binding, state: 'bound' }),
    ];
  };
  if (!pack.wallet.offered) {
    const rows = rowsOf(await gather(), deps.clock());
    if (rows !== undefined && !(await deps.transact(rows)).written) throw new AppError('request.busy');
    return;
  }
  await changeAccount<Found, void>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather,
    decide(head, recordedAt, found) {
      if (head.state.closed) throw new AppError('account.closed');
      const rows = rowsOf(found, recordedAt);
      if (rows === undefined) return { answer: undefined };
      return { write: openWalletDraft(head, { entryId: bindingNo, occurredAt: recordedAt }), rows, answer: () => undefined };
    },
  });
}

export async function readBankCard(deps: WalletDeps, { bound }: HolderCaller): Promise<BankCardReply> {
  const [pack, card] = await Promise.all([deps.packOf(bound.schoolId), deps.bankCards.find(bound.schoolId, bound.accountNo)]);
  return cardReply(card, pack);
}

/** The bank of a school that has one in its pack and in this deployment. @throws AppError bank.not-offered */
export function bankOf<Acts extends keyof BankGateway>(deps: { readonly banks: Banks<Acts> }, pack: RulePack): Pick<BankGateway, Acts> {
  if (pack.bank === undefined) throw new AppError('bank.not-offered');
  return bankAt(deps.banks, pack.schoolId);
}

/** Null once it was ended by its holder. */
export function cardView(card: BankCard | undefined, { utcOffsetMinutes }: RulePack): BankCardReply['card'] {
  if (card === undefined || card.state === 'ended') return null;
  const { bankName, cardTail, boundAt, state } = card;
  return { bankName, cardTail, boundAt: toIso(boundAt, utcOffsetMinutes), state };
}

function cardReply(card: BankCard | undefined, pack: RulePack): BankCardReply {
  return { card: cardView(card, pack) };
}

async function ownBinding(
  deps: Pick<WalletDeps, 'bankBindings'>,
  { schoolId, accountNo }: { readonly schoolId: string; readonly accountNo: number },
  bindingNo: string,
): Promise<BankBinding> {
  const binding = await deps.bankBindings.find(schoolId, bindingNo);
  if (binding?.accountNo !== accountNo) throw new AppError('bank.binding-unknown');
  return binding;
}

/** Counted like a password: it would otherwise be a way to try out an ID, digit by digit. Throws AppError `bank.card-not-own`, `auth.locked`. */
export async function checkIdNumber(deps: WalletDeps, caller: HolderCaller, holder: Holder, idNumber: string): Promise<void> {
  const idTail = openIdTail(deps.fieldCipher, holder);
  if (idTail === '') return;
  const { schoolId, accountNo } = holder;
  const guess = await takeGuess(deps, { schoolId, subject: `id|${accountNo}` }, caller);
  if (!idNumber.endsWith(idTail.toUpperCase())) throw new AppError('bank.card-not-own');
  await returnGuessed(deps, guess);
}
