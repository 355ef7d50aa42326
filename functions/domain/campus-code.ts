import { type CodeParts, codeTiming, readCode, resolveTime } from '../../shared/code-format';
import { weekOfStep } from '../../shared/code-mac';
import type { ErrorCode } from '../../shared/errors';
import type { EpochMs } from '../../shared/time';
import type { AccountState } from './account-state';
import { codeWeekKey, provesCode, type SchoolKeys } from './school-keys';

/** The campus code in a scan, or the refusal that names whose code it is. */
export function campusCode(text: string): CodeParts | ErrorCode {
  const read = readCode(text.replace(/\s/g, ''));
  switch (read.system) {
    case 'campus':
      return read;
    case 'pass':
      return 'code.pass';
    case 'identity-pass':
      return 'code.identity-pass';
    case 'wechat':
      return 'code.wechat';
    case 'alipay':
      return 'code.alipay';
    case 'unionpay':
      return 'code.unionpay';
    case 'unknown':
      return 'code.malformed';
  }
}

/** Where a code was scanned, and when by the terminal's own clock. */
export interface CodeScan {
  readonly schoolId: string;
  readonly occurredAt: EpochMs;
}

/** Whether the phone of a bound app has shown this code: the one key of its slot and week made its MAC. */
export function isShown(state: AccountState, { kind, handle, tt, mac }: CodeParts, scan: CodeScan, keys: SchoolKeys): boolean {
  // Resolved by the terminal's own time, not by ours, so that every attempt tries the same key and "wrong MAC" is final.
  const { step, slot } = resolveTime(tt, scan.occurredAt);
  const app = state.apps[slot];
  // A key version never comes back, so a removed app's code stays as wrong as a made-up one.
  if (app === undefined || !app.bound) return false;
  const key = codeWeekKey(keys, { handle, slot, keyVersion: app.keyVersion, week: weekOfStep(step) });
  return provesCode(key, { kind, handle, step, slot, schoolId: scan.schoolId }, mac);
}

/** Why a code that was shown is not good now, at `recordedAt`. Undefined when it is. */
export function codeRefusal(state: AccountState, { tt }: CodeParts, scan: CodeScan, recordedAt: EpochMs): ErrorCode | undefined {
  const timing = codeTiming(resolveTime(tt, scan.occurredAt).step, recordedAt);
  if (timing === 'expired') return 'code.expired';
  if (timing === 'early') return 'code.not-yet-valid';
  return state.codesFrozen ? 'code.frozen' : undefined;
}
