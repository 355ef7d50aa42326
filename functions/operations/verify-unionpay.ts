import type { UnionpayReply } from '../../shared/api/wallet';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { bankRequestNo } from '../domain/bank-transfer';
import type { UnionpayCheck } from '../store/unionpay-checks';
import { bankOf, checkIdNumber } from './bind-bank-card';
import type { HolderCaller } from './caller';
import { returnGuessed, takeGuess } from './guess-guard';
import { provenHolder } from './standing-proof';
import type { WalletDeps } from './wallet-deps';

export interface CardToVerify {
  readonly requestId: string;
  readonly idNumber: string;
  readonly cardNumber: string;
  readonly mobile: string;
}

/** 银联认证 as a status (DL-28). */
export async function readUnionpay(deps: WalletDeps, { bound }: HolderCaller): Promise<UnionpayReply> {
  const [pack, check] = await Promise.all([deps.packOf(bound.schoolId), deps.unionpayChecks.find(bound.schoolId, bound.accountNo)]);
  return view(check, pack);
}

/**
 * Asks UnionPay by the school's bank whether name, ID, card and mobile belong together, and keeps the answer alone. Wrong ones are counted, so
 * that nobody tries out other people’s cards.
 *
 * Throws AppError: `bank.not-offered`, `bank.card-not-own`, `bank.refused`, `bank.unavailable` (send the same again), `auth.locked`,
 * `auth.password-change-required`, `auth.second-proof-required`, `request.replayed-differently`, `account.unknown`, `request.busy`.
 */
export async function verifyUnionpay(deps: WalletDeps, caller: HolderCaller, wish: CardToVerify): Promise<UnionpayReply> {
  const { schoolId, accountNo } = caller.bound;
  const pack = await deps.packOf(schoolId);
  if (pack.linking.unionpayLabel === undefined) throw new AppError('bank.not-offered');
  const bank = bankOf(deps, pack);
  const holder = await provenHolder(deps, caller);
  const requestNo = bankRequestNo('unionpay', { schoolId, accountNo, requestId: wish.requestId });
  const before = await deps.unionpayChecks.find(schoolId, accountNo);
  if (before?.requestNo === requestNo && before.state !== 'asked') return view(before, pack);
  await checkIdNumber(deps, caller, holder, wish.idNumber);
  const asked: UnionpayCheck = { schoolId, accountNo, requestNo, state: 'asked', checkedAt: deps.clock(), version: before?.version ?? 0 };
  if (!(await deps.unionpayChecks.save(asked))) throw new AppError('request.busy');
  const guess = await takeGuess(deps, { schoolId, subject: `unionpay|${accountNo}` }, caller);
  const { idNumber, cardNumber, mobile } = wish;
  const state = await bank.verifyCardholder({ requestNo, name: holder.name, idNumber, cardNumber, mobile });
  if (state === 'match') await returnGuessed(deps, guess);
  const next: UnionpayCheck = { ...asked, state, checkedAt: deps.clock(), version: asked.version + 1 };
  if (!(await deps.unionpayChecks.save(next))) throw new AppError('request.busy');
  return view(next, pack);
}

const STATUS = { asked: 'asked', match: 'linked', 'no-match': 'no-match' } as const;

function view(check: UnionpayCheck | undefined, { utcOffsetMinutes }: RulePack): UnionpayReply {
  if (check === undefined) return { status: 'unlinked', checkedAt: null };
  return { status: STATUS[check.state], checkedAt: toIso(check.checkedAt, utcOffsetMinutes) };
}
