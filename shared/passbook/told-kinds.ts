import type { EntryKind } from '../api/common';

/**
 * Entries that may make a notice. The stream's filter in serverless.yml lets these through and no others (a test holds the two together), so
 * that what nobody is told of costs no call.
 */
export const TOLD_KINDS = [
  'charge',
  'pass-charge',
  'utility-payment',
  'purse-loaded',
  'fee',
  'top-up',
  'reversal',
  'refund-returned',
  'loss-reported',
  'loss-cancelled',
  'app-bound',
] as const satisfies readonly EntryKind[];
