import type { LimitsReply } from '../../shared/api/wallet';
import { AppError } from '../../shared/errors';
import { newId } from '../../shared/ids';
import { fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { AccountState, Limits } from '../domain/account-state';
import { limitsOf } from '../domain/limits';
import { aboveSchool, isRaised, isSameLimits, limitsDraft } from '../domain/wallet';
import type { TableWrite } from '../store/table';
import { changeAccount } from './append-loop';
import type { HolderCaller } from './caller';
import type { SecondProof } from './check-second-proof';
import { proveNow } from './standing-proof';
import type { WalletDeps } from './wallet-deps';

export interface LimitsWish {
  /** Null: the school's own. */
  readonly perTransactionFen: number | null;
  readonly perMealPeriodFen: number | null;
  readonly perDayFen: number | null;
  readonly proof?: SecondProof | undefined;
}

/** 限额 (DL-23). Throws AppError `account.unknown`. */
export async function readLimits(deps: WalletDeps, { bound }: HolderCaller): Promise<LimitsReply> {
  const [pack, head] = await Promise.all([deps.packOf(bound.schoolId), deps.passbook.head(bound.schoolId, bound.accountNo)]);
  if (head === undefined) throw new AppError('account.unknown');
  return view(head.state, pack);
}

/**
 * Sets the holder's own limits, each within the school's. Raising one needs a second proof given now; lowering does not, so that whoever is
 * worried can act at once. Setting what is set already changes nothing.
 *
 * Throws AppError: `limits.not-changeable`, `limits.above-school` (detail.limit), `auth.password-change-required`,
 * `auth.second-proof-required`, `auth.second-proof-wrong`, `auth.second-proof-not-offered`, `auth.locked`, `account.closed`,
 * `account.unknown`, `request.busy`.
 */
export async function changeLimits(deps: WalletDeps, caller: HolderCaller, wish: LimitsWish): Promise<LimitsReply> {
  const { schoolId, accountNo } = caller.bound;
  const [pack, first] = await Promise.all([deps.packOf(schoolId), deps.passbook.head(schoolId, accountNo)]);
  if (first === undefined) throw new AppError('account.unknown');
  if (!mayChange(pack)) throw new AppError('limits.not-changeable');
  const limits = limitsFrom(wish);
  const above = aboveSchool(limits, pack);
  if (above !== undefined) throw new AppError('limits.above-school', { limit: above, schoolFen: pack.limits[above] ?? 0 });
  if (isSameLimits(first.state.limits, limits)) return view(first.state, pack);
  const proven = isRaised(first.state, limits, pack) ? await proveNow(deps, caller, { pack, proof: wish.proof }) : undefined;
  const entryId = newId('lim', deps.clock(), deps.randomBytes);
  return changeAccount<readonly TableWrite[], LimitsReply>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: async () => (proven === undefined ? [] : proven()),
    decide(head, recordedAt, rows) {
      if (head.state.closed) throw new AppError('account.closed');
      if (isSameLimits(head.state.limits, limits)) return { answer: view(head.state, pack) };
      // Lowered meanwhile by another: then this raises, and that needs the proof.
      if (proven === undefined && isRaised(head.state, limits, pack)) throw new AppError('auth.second-proof-required');
      return {
        write: limitsDraft(head, { entryId, limits, occurredAt: recordedAt }),
        rows,
        answer: (written) => view(written.state, pack),
      };
    },
  });
}

function mayChange({ limits }: RulePack): boolean {
  return limits.holderMayChange !== false;
}

function limitsFrom({ perTransactionFen, perMealPeriodFen, perDayFen }: LimitsWish): Limits {
  return {
    ...(perTransactionFen === null ? {} : { perTransactionFen: fen(perTransactionFen) }),
    ...(perMealPeriodFen === null ? {} : { perMealPeriodFen: fen(perMealPeriodFen) }),
    ...(perDayFen === null ? {} : { perDayFen: fen(perDayFen) }),
  };
}

function view(state: AccountState, pack: RulePack): LimitsReply {
  return {
    inForce: setOf(limitsOf(state, pack)),
    own: setOf(state.limits),
    school: setOf(limitsOf({ ...state, limits: {} }, pack)),
    mayChange: mayChange(pack),
  };
}

function setOf({ perTransactionFen, perMealPeriodFen, perDayFen }: Limits): LimitsReply['own'] {
  return { perTransactionFen: perTransactionFen ?? null, perMealPeriodFen: perMealPeriodFen ?? null, perDayFen: perDayFen ?? null };
}
