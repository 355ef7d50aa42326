import type { EntryKind } from '../../../../../shared/api/common';
import type { StatementQuery } from '../../../../../shared/api/records';

/** What of a month is listed. */
export type Filter = Pick<StatementQuery, 'kind' | 'flow' | 'place'>;

export const NO_FILTER: Filter = {};

/** The kinds one looks for, in the order of how often; the rest is found by the month. */
export const KINDS: readonly EntryKind[] = [
  'charge',
  'native-charge',
  'top-up',
  'claim',
  'void',
  'reversal',
  'refund',
  'transfer',
  'withdrawal',
  'utility-payment',
  'subsidy-granted',
  'purse-loaded',
  'fee',
  'loss-reported',
];

/** How many of its parts are set: the badge of the button that opens them. */
export function partsSet({ kind, flow, place }: Filter): number {
  return [kind, flow, place].filter((part) => part !== undefined).length;
}

/** The filter with one part chosen, or let go where it was chosen already. */
export function withPart<Part extends keyof Filter>(filter: Filter, part: Part, value: Filter[Part]): Filter {
  const { [part]: before, ...rest } = filter;
  return value === undefined || before === value ? rest : { ...rest, [part]: value };
}
