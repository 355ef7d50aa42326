import type { EntryKind } from '../../shared/api/common';

const SALES: ReadonlySet<EntryKind> = new Set(['charge', 'native-charge']);

/** Entries that sold something at a till, whoever's money paid: what may be doubted, voided, refunded and compared with the till's statement. */
export function isSale(kind: EntryKind): boolean {
  return SALES.has(kind);
}
