import { AppError, isAppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import { isWeakPassword } from '../domain/initial-password';
import type { Holder } from '../store/holders';
import type { Database, TableWrite } from '../store/table';
import type { HolderCaller } from './caller';
import { checkPassword, type PasswordDeps, readHolder } from './check-password';
import { guessSecondProof, type ProofDeps, type SecondProof } from './check-second-proof';
import { type Guess, returnGuessed } from './guess-guard';
import { openIdTail } from './personal-data';

export interface ChangePasswordDeps extends PasswordDeps, ProofDeps {
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly transact: Database['transact'];
}

export interface PasswordChange {
  readonly oldPassword: string;
  readonly newPassword: string;
  readonly proof?: SecondProof | undefined;
}

const MAX_TRIES = 5;

/**
 * Changes the query password. The first change needs a second proof, which opens payment codes as well; a code sent by
 * SMS is used up in the same write.
 *
 * Throws AppError: `auth.wrong-password`, `auth.password-weak`, `auth.second-proof-required`,
 * `auth.second-proof-not-offered`, `auth.second-proof-wrong`, `auth.locked`, `account.unknown`, `request.busy`.
 */
export async function changePassword(
  deps: ChangePasswordDeps,
  caller: HolderCaller,
  change: PasswordChange,
): Promise<Record<string, never>> {
  // What anybody can see to be too simple is said before a guess is spent on it.
  if (isWeakPassword([], '', change.newPassword)) throw new AppError('auth.password-weak');
  const pack = await deps.packOf(caller.bound.schoolId);
  const holder = await readHolder(deps, caller);
  const guess = await checkOldPassword(deps, caller, { holder, pack, change });
  if (guess === 'changed-before') return {};
  const rows = await proofRows(deps, caller, { holder, pack, change, now: deps.clock(), guess });
  // Whether it is the initial password or part of the ID may only be learnt with the guess still counted: it would
  // otherwise be a way to try out the ID, digit by digit.
  const idTail = openIdTail(deps.fieldCipher, holder);
  if (change.newPassword === change.oldPassword || isWeakPassword(pack.signIn.initialPassword, idTail, change.newPassword)) {
    throw new AppError('auth.password-weak');
  }
  const passwordHash = await deps.passwords.hash(change.newPassword);
  await saveOver(deps, { holder, passwordHash, isProven: change.proof !== undefined, rows });
  await returnGuessed(deps, guess);
  return {};
}

/** Ten minutes: how long a phone may go on repeating a change whose answer it never heard. */
const REPEAT_MS = 600_000;

async function checkOldPassword(
  deps: ChangePasswordDeps,
  caller: HolderCaller,
  { holder, pack, change }: { readonly holder: Holder; readonly pack: RulePack; readonly change: PasswordChange },
): Promise<Guess | 'changed-before'> {
  try {
    return await checkPassword(deps, caller, { holder, pack, password: change.oldPassword });
  } catch (error) {
    const changedAt = holder.passwordHash === null ? null : holder.passwordChangedAt;
    const isRecent = changedAt !== null && deps.clock() - changedAt < REPEAT_MS;
    if (!isAppError(error, 'auth.wrong-password') || !isRecent || holder.passwordHash === null) throw error;
    // The old password is wrong because this very change was made already and its answer was lost. The guess stays
    // counted, so that this is no second way to guess.
    if (await deps.passwords.check(change.newPassword, { hash: holder.passwordHash })) return 'changed-before';
    throw error;
  }
}

async function proofRows(
  deps: ChangePasswordDeps,
  caller: HolderCaller,
  question: {
    readonly holder: Holder;
    readonly pack: RulePack;
    readonly change: PasswordChange;
    readonly now: EpochMs;
    readonly guess: Guess;
  },
): Promise<readonly TableWrite[]> {
  const { holder, pack, change, now, guess } = question;
  if (holder.provenAt !== null && change.proof === undefined) return [];
  try {
    return await guessSecondProof(deps, caller, { holder, pack, proof: change.proof, now });
  } catch (error) {
    // Nothing was guessed where no proof was given, this kind is not offered or none is heard any more: the password was right.
    if (!isAppError(error, 'auth.second-proof-wrong')) await returnGuessed(deps, guess);
    throw error;
  }
}

interface NewPassword {
  readonly holder: Holder;
  readonly passwordHash: string;
  readonly isProven: boolean;
  readonly rows: readonly TableWrite[];
}

async function saveOver(deps: ChangePasswordDeps, { holder, passwordHash, isProven, rows }: NewPassword): Promise<void> {
  let current = holder;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const now = deps.clock();
    const provenAt = isProven ? now : current.provenAt;
    const row = deps.holders.changedRow({ ...current, passwordHash, passwordChangedAt: now, provenAt });
    const result = await deps.transact([row, ...rows]);
    if (result.written) return;
    // The SMS code was used by another request meanwhile. Without a row found it was only being written at this moment.
    if (result.failed > 0 && result.found !== undefined) throw new AppError('auth.second-proof-wrong');
    const found = await deps.holders.find(holder.schoolId, holder.accountNo);
    // Somebody changed the password itself: the old one that was checked is no longer the old one.
    if (found === undefined || found.passwordHash !== holder.passwordHash) break;
    current = found;
  }
  throw new AppError('request.busy');
}
