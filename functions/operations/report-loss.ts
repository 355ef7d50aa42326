import type { LossReply } from '../../shared/api/student';
import { AppError } from '../../shared/errors';
import { newId, type RandomBytes } from '../../shared/ids';
import type { RulePack } from '../../shared/rule-pack';
import { type EpochMs, toIso } from '../../shared/time';
import { reportLossDraft } from '../domain/account-changes';
import type { AccountState } from '../domain/account-state';
import type { Entry } from '../domain/entry';
import { openHolds } from '../domain/hold';
import { envelopeOf, openedBy } from '../domain/pass-envelope';
import type { PassControls } from '../store/passes';
import type { TableWrite } from '../store/table';
import { type AccountName, type AppendDeps, changeAccount } from './append-loop';
import type { HolderCaller } from './caller';
import { checkPassword, type PasswordDeps, readHolder } from './check-password';
import { returnGuessed } from './guess-guard';
import { type IdentityRevocationDeps, revokeIdentityPasses } from './identity-revocations';

export interface StopCardDeps extends AppendDeps, IdentityRevocationDeps {
  readonly passControls: Pick<PassControls, 'revokedRow'>;
  readonly randomBytes: RandomBytes;
}

export interface ReportLossDeps extends StopCardDeps, PasswordDeps {
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/**
 * Stops the card from this second on, and the codes too unless the holder keeps them. A repeat is the same answer, with
 * the second of the first report. Reporting again may stop the codes as well; it never lets them go. Offline passes end with the codes.
 *
 * Throws AppError: `auth.wrong-password` (also a missing one, where the school asks for it), `auth.locked`,
 * `account.closed`, `account.unknown`, `request.busy`.
 */
export async function reportLoss(
  deps: ReportLossDeps,
  caller: HolderCaller,
  { password, keepCodes }: { readonly password?: string | undefined; readonly keepCodes: boolean },
): Promise<LossReply> {
  const pack = await deps.packOf(caller.bound.schoolId);
  if (pack.loss.needsPassword) {
    if (password === undefined) throw new AppError('auth.wrong-password');
    const guess = await checkPassword(deps, caller, { holder: await readHolder(deps, caller), pack, password, isUrgent: true });
    await returnGuessed(deps, guess);
  }
  return stopCard(deps, caller.bound, { pack, keepCodes });
}

/** The same without asking who wants it: the caller of this has proved that. Throws as `reportLoss` does. */
export async function stopCard(
  deps: StopCardDeps,
  { schoolId, accountNo }: AccountName,
  { pack, keepCodes }: { readonly pack: RulePack; readonly keepCodes: boolean },
): Promise<LossReply> {
  const entryId = newId('los', deps.clock(), deps.randomBytes);
  return changeAccount(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: async () => undefined,
    decide: (head, recordedAt) => {
      const { state } = head;
      if (state.closed) throw new AppError('account.closed');
      const isLost = state.lostAt > 0;
      if (isLost && (state.codesFrozen || keepCodes)) return { answer: lossView(state, pack) };
      const draft = reportLossDraft(head, { entryId, occurredAt: recordedAt, recordedAt, keepCodes });
      // The card stays lost from the second of the first report.
      const write = isLost ? { ...draft, state: { ...draft.state, lostAt: state.lostAt } } : draft;
      const rows = keepCodes
        ? []
        : [...revokedPasses(deps, head, recordedAt), ...revokeIdentityPasses(deps, head, { pack, at: recordedAt })];
      return { write, rows, answer: (written) => lossView(written.state, pack) };
    },
  });
}

/**
 * Tills that have network refuse the passes of these envelopes from their next heartbeat on. What they reserve stays: a till without may have
 * taken some. `of`: only those that these entries opened.
 */
export function revokedPasses(
  deps: Pick<ReportLossDeps, 'keysOf' | 'passControls'>,
  { schoolId, accountNo, state }: Entry,
  at: EpochMs,
  of?: (n: number) => boolean,
): readonly TableWrite[] {
  return openHolds(state, at).flatMap((hold) => {
    const n = openedBy(hold);
    if (n === undefined || of?.(n) === false) return [];
    return [deps.passControls.revokedRow({ schoolId, envelope: envelopeOf(deps.keysOf(schoolId), accountNo, n), until: hold.expiresAt })];
  });
}

export function lossView(state: AccountState, pack: RulePack): LossReply {
  const reportedAt = state.lostAt === 0 ? null : toIso(state.lostAt, pack.utcOffsetMinutes);
  return { reportedAt, codesFrozen: state.codesFrozen };
}
