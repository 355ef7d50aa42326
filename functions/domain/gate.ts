import type { GateDirection } from '../../shared/api/terminal-identities';
import type { ErrorCode } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, type EpochMs } from '../../shared/time';
import { isStepUsed, markStepUsed, type UsedSteps } from './used-steps';

/** One passage through a gate, as the signed request names it. */
export interface Passage {
  readonly terminal: number;
  readonly sequence: number;
  readonly bodyHash: string;
  readonly direction: GateDirection;
  readonly at: EpochMs;
}

/** Which code was shown; absent of a card. */
export interface ShownStep {
  readonly slot: number;
  readonly step: number;
}

/**
 * Where a holder was let through last, by group of gates, and which identity codes let somebody through. Kept of gates against passback
 * alone, and only until the presence is forgotten anyway.
 */
export interface GateRecord {
  readonly schoolId: string;
  readonly accountNo: number;
  /** Always four, as the apps of an account. Apart from the steps that paid: an identity code uses up none of those. */
  readonly codes: readonly UsedSteps[];
  readonly last: Readonly<Record<string, Passage>>;
  readonly version: number;
}

const NO_STEPS: UsedSteps = { newestStep: 0, usedBitmap: 0 };
/** Groups that are remembered of one holder; the one passed longest ago makes room. */
const MOST_GROUPS = 16;

export function newGateRecord(schoolId: string, accountNo: number): GateRecord {
  return { schoolId, accountNo, codes: [NO_STEPS, NO_STEPS, NO_STEPS, NO_STEPS], last: {}, version: 0 };
}

/**
 * Whether this very request was let through before: a gate that did not hear its answer sends the same bytes. Undefined when it is new.
 * 'other': its number was used with other bytes.
 */
export function passedBefore(record: GateRecord, group: string, passage: Passage): 'same' | 'other' | undefined {
  const last = record.last[group];
  if (last?.terminal !== passage.terminal || last.sequence !== passage.sequence) return undefined;
  return last.bodyHash === passage.bodyHash ? 'same' : 'other';
}

/**
 * Why somebody may not enter: inside already, or by a code that has let somebody through (a screenshot). Leaving is never refused: nobody is
 * locked in for what a machine remembers.
 */
export function passageRefusal(
  record: GateRecord,
  group: string,
  passage: Passage,
  shown: ShownStep | undefined,
  pack: RulePack,
): ErrorCode | undefined {
  if (passage.direction === 'out') return undefined;
  const last = record.last[group];
  if (last?.direction === 'in' && !isForgotten(last, passage.at, pack)) return 'identity.passback';
  if (shown === undefined) return undefined;
  return isStepUsed(record.codes[shown.slot] ?? NO_STEPS, shown.step) ? 'identity.used' : undefined;
}

export function withPassage(record: GateRecord, group: string, passage: Passage, shown: ShownStep | undefined): GateRecord {
  const others = Object.entries(record.last).filter(([name]) => name !== group);
  const kept = others.sort(([, one], [, other]) => other.at - one.at).slice(0, MOST_GROUPS - 1);
  return {
    ...record,
    codes: record.codes.map((used, slot) => (slot === shown?.slot ? markStepUsed(used, shown.step) : used)),
    last: { ...Object.fromEntries(kept), [group]: passage },
    version: record.version + 1,
  };
}

/** Who was let in is taken to have left with the end of the day, or after the time that the school sets. */
function isForgotten(last: Passage, now: EpochMs, { gates, utcOffsetMinutes }: RulePack): boolean {
  const minutes = gates?.forgetAfterMinutes;
  if (minutes !== undefined) return now >= last.at + minutes * 60_000;
  return businessDay(last.at, utcOffsetMinutes) !== businessDay(now, utcOffsetMinutes);
}
