import type { Bilingual } from '../../shared/rule-pack';
import type { Entry } from '../domain/entry';
import type { Merchant } from '../store/merchants';

export interface MerchantDeps {
  /** Cached: names change rarely, and a page of a statement names the same few. */
  readonly merchantOf: (schoolId: string, merchant: number) => Promise<Merchant | undefined>;
}

/** Names of all merchants of these entries. One that is not enrolled is left out: its sale is shown without a name. */
export async function merchantNames(
  deps: MerchantDeps,
  schoolId: string,
  entries: readonly Entry[],
): Promise<ReadonlyMap<number, Bilingual>> {
  const numbers = new Set(entries.flatMap(({ merchant }) => (merchant === undefined ? [] : [merchant])));
  const found = await Promise.all([...numbers].map((merchant) => deps.merchantOf(schoolId, merchant)));
  return new Map(found.flatMap((merchant) => (merchant === undefined ? [] : [[merchant.merchant, merchant.name] as const])));
}
