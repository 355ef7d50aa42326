import type { ErrorCode } from '../../shared/errors';
import type { Fen } from '../../shared/money';
import { type Pass, type PassFacts, schoolTag } from '../../shared/pass-format';
import type { RulePack } from '../../shared/rule-pack';
import { DAY_MS, type EpochMs } from '../../shared/time';
import type { AccountState, Hold } from './account-state';
import { openHolds } from './hold';
import { pairedName } from './paired-name';
import type { SchoolKeys } from './school-keys';

/** What a batch of offline passes stands on: one permanent row, one hold on the account until the last till may have told of a sale. */
export interface Envelope {
  readonly schoolId: string;
  /** 18 digits, unique for ever: see `envelopeOf`. */
  readonly envelope: string;
  readonly accountNo: number;
  /** Number of the entry that opened it, and of its hold `pass-<n>`. */
  readonly n: number;
  /** The app it was given to. */
  readonly slot: number;
  readonly bindingId: string;
  readonly tokens: number;
  readonly ceilingFen: Fen;
  readonly envelopeFen: Fen;
  readonly validFrom: EpochMs;
  readonly validUntil: EpochMs;
  /** What is told after this is too late: the hold has ended. */
  readonly graceUntil: EpochMs;
  readonly keyId: number;
  readonly epoch: number;
}

const HOUR_MS = DAY_MS / 24;
const MINUTE_MS = 60_000;
/** A sale with the bank's help needs the third place. */
export const MAX_PASS_HOLDS = 2;
/** Of the window, at its end: from then on the phone is given the next envelope, so that none is without. */
const RENEWED_IN_LAST = 6;

/** The 18 digits of an envelope: account and number of the entry that opened it. */
export function envelopeOf({ handle }: Pick<SchoolKeys, 'handle'>, accountNo: number, n: number): string {
  return pairedName(handle, 'pass', accountNo, n);
}

export function passHoldId(n: number): string {
  return `pass-${n}`;
}

/** Number of the entry that opened the envelope of a hold; undefined for a hold of another kind. */
export function openedBy({ entryId }: Pick<Hold, 'entryId'>): number | undefined {
  const found = /^pass-(\d+)$/.exec(entryId);
  return found === null ? undefined : Number(found[1]);
}

/** Entry numbers of the envelopes that still reserve money. */
export function openEnvelopes(state: AccountState, at: EpochMs): readonly number[] {
  return openHolds(state, at).flatMap((hold) => openedBy(hold) ?? []);
}

/** The times of an envelope opened now: its window begins with the whole minute, so that till and server read the same two instants. */
export function envelopeTimes(at: EpochMs, { windowHours, graceHours }: NonNullable<RulePack['passes']>) {
  const validFrom = at - (at % MINUTE_MS);
  const validUntil = validFrom + windowHours * HOUR_MS;
  return { validFrom, validUntil, graceUntil: validUntil + graceHours * HOUR_MS };
}

export function isDueForRenewal({ validFrom, validUntil }: Pick<Envelope, 'validFrom' | 'validUntil'>, at: EpochMs): boolean {
  return at > validUntil - (validUntil - validFrom) / RENEWED_IN_LAST;
}

export function passFactsOf(envelope: Envelope, index: number): PassFacts {
  const { schoolId, validFrom, validUntil, ceilingFen, envelopeFen, keyId, epoch } = envelope;
  return { school: schoolTag(schoolId), envelope: envelope.envelope, index, validFrom, validUntil, ceilingFen, envelopeFen, keyId, epoch };
}

/** Whether the pass is one of the envelope's: whoever had the key could still make none that was not given out. */
export function isOfEnvelope(pass: Pass, envelope: Envelope): boolean {
  const { signature: _signature, ...facts } = pass;
  return pass.index < envelope.tokens && JSON.stringify(facts) === JSON.stringify(passFactsOf(envelope, pass.index));
}

/** Why a till may not have taken this pass for such a sale, by the till's own time of it. Undefined when it may. */
export function passRefusal(pass: PassFacts, sale: { readonly amountFen: Fen; readonly occurredAt: EpochMs }): ErrorCode | undefined {
  if (sale.occurredAt < pass.validFrom) return 'pass.not-yet-valid';
  if (sale.occurredAt > pass.validUntil) return 'pass.expired';
  return sale.amountFen > pass.ceilingFen ? 'pass.over-ceiling' : undefined;
}
