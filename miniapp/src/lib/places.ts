import type { RulePack } from '../../../shared/rule-pack';

type Place = RulePack['places'][number];

/** Places by kind, in the order in which the pack first names each kind. */
export function groupPlaces(places: readonly Place[]): { readonly kind: Place['kind']; readonly places: readonly Place[] }[] {
  const kinds = [...new Set(places.map((place) => place.kind))];
  return kinds.map((kind) => ({ kind, places: places.filter((place) => place.kind === kind) }));
}
