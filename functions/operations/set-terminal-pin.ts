import { AppError } from '../../shared/errors';
import type { Passwords } from '../domain/password';
import type { Staff } from '../store/staff';
import { type GuessDeps, returnGuessed, takeGuess } from './guess-guard';
import type { StaffCaller } from './staff-caller';

export interface SetTerminalPinDeps extends GuessDeps {
  readonly staff: Staff;
  readonly passwords: Pick<Passwords, 'check' | 'hash'>;
}

/**
 * The six digits that a supervisor types at a terminal, set by nobody but themselves and with their password. Throws AppError:
 * `staff.no-match` (the password), `auth.password-weak`, `auth.locked`, `request.busy`.
 */
export async function setTerminalPin(
  deps: SetTerminalPinDeps,
  { member, sourceIp }: Pick<StaffCaller, 'member' | 'sourceIp'>,
  { password, pin }: { readonly password: string; readonly pin: string },
): Promise<Record<string, never>> {
  if (isGuessable(pin)) throw new AppError('auth.password-weak');
  const { schoolId, userName } = member;
  const guess = await takeGuess(deps, { schoolId, subject: `staff|${userName}` }, { guessers: [`address|${sourceIp}`] });
  if (!(await deps.passwords.check(password, { hash: member.passwordHash }))) {
    deps.counter.count('WrongPassword');
    throw new AppError('staff.no-match');
  }
  await returnGuessed(deps, guess);
  const terminalPinHash = await deps.passwords.hash(pin);
  if (!(await deps.staff.save({ ...member, terminalPinHash, version: member.version + 1 }))) throw new AppError('request.busy');
  return {};
}

/** One digit six times, or digits in a row. */
function isGuessable(pin: string): boolean {
  const steps = new Set([...pin].slice(1).map((digit, index) => (Number(digit) - Number(pin[index]) + 10) % 10));
  return steps.size === 1 && [0, 1, 9].some((step) => steps.has(step));
}
