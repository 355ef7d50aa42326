import * as v from 'valibot';
import { isPartnerFault, type SwitchedPartnerFault } from '../lib/partner-faults';
import { fail, read } from './read';

const LATE_MS = 60_000;

const schema = v.object({
  fault: v.nullable(v.string()),
  act: v.optional(v.pipe(v.string(), v.startsWith('/'))),
  requestNo: v.optional(v.string()),
  /** How often it strikes; null until it is switched off. Once unless told. */
  times: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))), 1),
  afterMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), LATE_MS),
});

/** null switches all of them off. */
export function readPartnerFault(body: unknown): SwitchedPartnerFault | null {
  const { fault, act, requestNo, times, afterMs } = read(schema, body);
  if (fault === null) return null;
  return isPartnerFault(fault) ? { fault, act: act ?? null, requestNo: requestNo ?? null, times, afterMs } : fail('unknown fault');
}
