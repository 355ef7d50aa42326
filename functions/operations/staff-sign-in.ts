import type { StaffSignInReply } from '../../shared/api/staff';
import { AppError } from '../../shared/errors';
import type { RandomBytes } from '../../shared/ids';
import { toIso } from '../../shared/time';
import type { Passwords } from '../domain/password';
import { hashSessionToken, newSessionToken } from '../lib/session-token';
import type { Staff } from '../store/staff';
import type { StaffSessions } from '../store/staff-sessions';
import { type AuditDeps, writeAudit } from './audit';
import { type GuessDeps, returnGuessed, takeGuess } from './guess-guard';
import type { StaffCaller } from './staff-caller';

export interface StaffSignInDeps extends GuessDeps, AuditDeps {
  readonly staff: Staff;
  readonly staffSessions: StaffSessions;
  readonly passwords: Pick<Passwords, 'check'>;
  readonly randomBytes: RandomBytes;
}

/** A working day; whoever leaves the desk signs out. */
const SESSION_LIVES_MS = 10 * 3_600_000;

/**
 * Name and password of a school's staff. Wrong tries are counted by address and over all, before they are judged.
 *
 * Throws AppError: `staff.no-match` (no such name, wrong password, dismissed: not told apart), `auth.locked`, `request.busy`.
 */
export async function staffSignIn(
  deps: StaffSignInDeps,
  input: { readonly schoolId: string; readonly userName: string; readonly password: string; readonly sourceIp: string },
): Promise<StaffSignInReply> {
  const { schoolId, userName, sourceIp } = input;
  const guess = await takeGuess(deps, { schoolId, subject: `staff|${userName}` }, { guessers: [`address|${sourceIp}`] });
  const member = await deps.staff.find(schoolId, userName);
  const known = member === undefined ? undefined : { hash: member.passwordHash };
  const isRight = await deps.passwords.check(input.password, known);
  const event = { schoolId, userName, act: 'sign-in', subject: userName, sourceIp } as const;
  if (!isRight || member === undefined || !member.active) {
    deps.counter.count('WrongPassword');
    // Only names that exist are recorded: a stranger must not be able to fill the log.
    if (member !== undefined) await writeAudit(deps, { ...event, outcome: 'staff.no-match' });
    throw new AppError('staff.no-match');
  }
  await returnGuessed(deps, guess);
  const token = newSessionToken(deps.randomBytes);
  const expiresAt = deps.clock() + SESSION_LIVES_MS;
  await writeAudit(deps, { ...event, outcome: 'done' });
  await deps.staffSessions.save({ tokenHash: hashSessionToken(token), schoolId, userName, expiresAt });
  const { displayName, roles } = member;
  return { sessionToken: token, expiresAt: toIso(expiresAt), displayName, roles: [...roles] };
}

export async function staffSignOut(
  deps: Pick<StaffSignInDeps, 'staffSessions'> & AuditDeps,
  caller: StaffCaller,
): Promise<Record<string, never>> {
  await deps.staffSessions.remove(caller.tokenHash);
  const { schoolId, userName } = caller.member;
  await writeAudit(deps, { schoolId, userName, act: 'sign-out', subject: userName, sourceIp: caller.sourceIp, outcome: 'done' });
  return {};
}
