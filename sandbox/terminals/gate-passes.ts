import * as v from 'valibot';
import type { ErrorCode } from '../../shared/errors';
import { commonFacts, isPassSigned, readPassDigits, schoolTagOf } from './pass-digits';

/** What a gate keeps of its heartbeats (docs/terminal-api.md, "Gates without network"). */
export const gateSettingsSchema = v.object({
  school: v.object({ utcOffsetMinutes: v.number() }),
  passKeys: v.array(v.object({ keyId: v.number(), publicKey: v.string() })),
  revocationEpoch: v.number(),
  gate: v.object({
    direction: v.picklist(['in', 'out', 'both']),
    antiPassback: v.boolean(),
    revokedAliases: v.array(v.string()),
    takesIdentityPasses: v.boolean(),
  }),
});
export type GateSettings = v.InferOutput<typeof gateSettingsSchema>;

/** Where somebody was last, at a gate against passback: kept until the school's day ends. */
export const passedSchema = v.object({
  alias: v.string(),
  direction: v.picklist(['in', 'out']),
  /** Of the passes that let them in. */
  indexes: v.array(v.number()),
  at: v.number(),
});
export type Passed = v.InferOutput<typeof passedSchema>;

const ROLES = ['student', 'staff', 'temporary'] as const;

export type OfflineVerdict =
  | { readonly isValid: true; readonly role: (typeof ROLES)[number]; readonly passed: readonly Passed[] }
  | { readonly isValid: false; readonly code: ErrorCode };

export function isIdentityPass(digits: string): boolean {
  return digits.length > 24 && digits.startsWith('94');
}

export function isSalesPass(digits: string): boolean {
  return digits.length > 24 && digits.startsWith('93');
}

/** Judges an identity pass with what was heard last and no network. `passed`: what the gate remembers, and remembers from then on. */
export function judgeOffline(
  digits: string,
  at: { readonly schoolId: string; readonly now: number; readonly direction: 'in' | 'out' },
  known: { readonly settings: GateSettings; readonly passed: readonly Passed[] },
): OfflineVerdict {
  const { settings, passed } = known;
  const refuse = (code: ErrorCode) => ({ isValid: false, code }) as const;
  const read = readPassDigits(digits, { prefix: '94', form: 2 });
  const role = read === undefined ? undefined : ROLES[read.facts.readUInt8(20) - 1];
  if (read === undefined || role === undefined) return refuse('pass.malformed');
  const { school, name: alias, index, validFrom, validUntil, keyId, epoch } = commonFacts(read.facts);
  if (!settings.gate.takesIdentityPasses) return refuse('pass.not-offered');
  if (school !== schoolTagOf(at.schoolId)) return refuse('pass.other-school');
  const key = settings.passKeys.find((one) => one.keyId === keyId);
  if (key === undefined || !isPassSigned(at.schoolId, read, key.publicKey)) return refuse('pass.forged');
  if (epoch < settings.revocationEpoch || settings.gate.revokedAliases.includes(alias)) return refuse('pass.revoked');
  if (at.now < validFrom) return refuse('pass.not-yet-valid');
  if (at.now > validUntil) return refuse('pass.expired');
  if (!settings.gate.antiPassback) return { isValid: true, role, passed: [] };
  const today = passed.filter((one) => dayOf(one.at, settings) === dayOf(at.now, settings));
  const before = today.find((one) => one.alias === alias);
  if (at.direction === 'in' && before?.direction === 'in') return refuse('identity.passback');
  if (at.direction === 'in' && before?.indexes.includes(index) === true) return refuse('identity.used');
  const indexes = [...(before?.indexes ?? []), ...(at.direction === 'in' ? [index] : [])];
  const now = { alias, direction: at.direction, indexes, at: at.now };
  return { isValid: true, role, passed: [...today.filter((one) => one.alias !== alias), now] };
}

function dayOf(at: number, { school }: GateSettings): number {
  return Math.floor((at + school.utcOffsetMinutes * 60_000) / 86_400_000);
}
