import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FF1 } from '@noble/ciphers/ff1.js';
import { bindAppDraft, openedDraft } from '../../functions/domain/account-changes';
import type { AccountState } from '../../functions/domain/account-state';
import { campusCode, codeRefusal, isShown } from '../../functions/domain/campus-code';
import { firstEntry, nextEntry } from '../../functions/domain/entry';
import { SeenHandles } from '../../functions/domain/handles';
import { accountOfHandle, codeWeekKey, deriveSchoolKeys, handleOf, type SchoolKeys } from '../../functions/domain/school-keys';
import { isStepUsed } from '../../functions/domain/used-steps';
import { SEEN_HANDLES } from '../../functions/wiring/sale-parts';
import { type CodeParts, resolveTime, stepAt } from '../../shared/code-format';
import { codeMac, deriveCodeKey, makeCode, weekOfStep } from '../../shared/code-mac';
import type { BenchResult } from './report';

const SCHOOL = 'shanghaitech';
const NOON = Date.UTC(2026, 10, 21, 4, 8, 17);
const MASTER_KEY = new Uint8Array(32).fill(7);
/** As many holders as a large school has. */
const HOLDERS = 40_000;
/** The middle one of so many rounds counts: a machine that is busy with something else for a moment does not. */
const ROUNDS = 7;

export interface CodeVerifySummary {
  /** Codes of handles that the function has seen before. */
  readonly perSecondSeen: number;
  /** Codes of handles that it meets for the first time. */
  readonly perSecondNew: number;
}

export interface CodeVerifyCase {
  readonly case: string;
  readonly codes: number;
  readonly microsecondsEach: number;
  readonly perSecond: number;
}

/**
 * What one core verifies in a second of CPU time (of all threads of the process). One code is: digits parsed, handle turned into its
 * account, step and slot resolved, the week's key derived, the MAC made and compared, and then timing, freeze and used steps judged. Only the
 * handle's account is remembered; every key is derived anew. The head of the passbook, which costs a read, is at hand.
 */
export function measureCodeVerify(): BenchResult<CodeVerifySummary> {
  const state = boundState();
  const plain = deriveSchoolKeys(MASTER_KEY, SCHOOL);
  const codes = shownCodes(plain);
  const before = codes.slice(0, HOLDERS / 10);

  const memoryBefore = heapInUse();
  const seen = new SeenHandles(SEEN_HANDLES);
  const remembering = deriveSchoolKeys(MASTER_KEY, SCHOOL, seen);
  for (const text of codes) verify(text, state, remembering);
  const bytes = heapInUse() - memoryBefore;

  const cases = [
    measured('handles seen before', codes, (text) => verify(text, state, remembering)),
    measured('new handles', codes, (text) => verify(text, state, plain)),
    measured('as it was: FF1 and HMAC in JavaScript', before, (text) => verifyAsBefore(text, state, plain)),
  ];
  const [known, unknown, old] = cases.map(({ perSecond }) => perSecond);
  return {
    summary: { perSecondSeen: known ?? 0, perSecondNew: unknown ?? 0 },
    cases: [
      ...cases,
      { case: 'times faster than it was', seen: ratio(known, old), new: ratio(unknown, old) },
      { case: 'memory of handles', handles: HOLDERS, most: SEEN_HANDLES, kibibytes: Math.round(bytes / 1024) },
    ],
  };
}

function verify(text: string, state: AccountState, keys: SchoolKeys): void {
  const scan = { schoolId: SCHOOL, occurredAt: NOON };
  const code = campusCode(text);
  if (typeof code === 'string') throw new Error(code);
  const accountNo = accountOfHandle(keys, code.handle);
  if (accountNo > HOLDERS || !isShown(state, code, scan, keys)) throw new Error('a code that a phone made is good');
  mustBeFresh(state, code);
}

/** The same rule with the pieces that a phone has, as the functions did it before. */
function verifyAsBefore(text: string, state: AccountState, keys: SchoolKeys): void {
  const code = campusCode(text);
  if (typeof code === 'string') throw new Error(code);
  const { kind, handle, mac, tt } = code;
  const accountNo = Number(FF1(10, keys.handle).decrypt(Array.from(handle, Number)).join(''));
  const { step, slot } = resolveTime(tt, NOON);
  const keyVersion = state.apps[slot]?.keyVersion ?? 0;
  const key = deriveCodeKey(keys.code, { handle, slot, keyVersion, week: weekOfStep(step) });
  if (accountNo > HOLDERS || codeMac(key, { kind, handle, step, slot, schoolId: SCHOOL }) !== mac)
    throw new Error('a code that a phone made is good');
  mustBeFresh(state, code);
}

function mustBeFresh(state: AccountState, code: CodeParts): void {
  const refusal = codeRefusal(state, code, { schoolId: SCHOOL, occurredAt: NOON }, NOON);
  const { step, slot } = resolveTime(code.tt, NOON);
  const app = state.apps[slot];
  if (refusal !== undefined || app === undefined || isStepUsed(app, step)) throw new Error('a fresh code is not used');
}

function measured(name: string, codes: readonly string[], verifyOne: (text: string) => void): CodeVerifyCase {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = process.cpuUsage();
    for (const text of codes) verifyOne(text);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / codes.length;
  });
  const middle = rounds.sort((a, b) => a - b)[(ROUNDS - 1) / 2] ?? 0;
  return { case: name, codes: codes.length, microsecondsEach: Number(middle.toFixed(2)), perSecond: Math.round(1_000_000 / middle) };
}

function boundState(): AccountState {
  const time = { recordedAt: NOON, utcOffsetMinutes: 480 };
  const opened = firstEntry({ schoolId: SCHOOL, accountNo: 1, draft: openedDraft({ occurredAt: NOON, cardIssue: 1 }), ...time });
  return nextEntry(opened, bindAppDraft(opened, { slot: 0, entryId: 'bound', occurredAt: NOON }), time).state;
}

function shownCodes(keys: SchoolKeys): readonly string[] {
  const step = stepAt(NOON);
  return Array.from({ length: HOLDERS }, (_, index) => {
    const handle = handleOf(keys, index + 1);
    const weekKey = codeWeekKey(keys, { handle, slot: 0, keyVersion: 1, week: weekOfStep(step) });
    return makeCode(weekKey, { kind: 'card', handle, step, slot: 0, schoolId: SCHOOL });
  });
}

function heapInUse(): number {
  // What was only made on the way would count otherwise.
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

function ratio(now = 0, before = 1): number {
  return Number((now / before).toFixed(1));
}
