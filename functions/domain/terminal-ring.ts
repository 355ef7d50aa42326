import type { EpochMs } from '../../shared/time';
import type { Ring, RingPlace } from './account-state';

const PLACES = 8;

export interface SaleId {
  readonly terminal: number;
  readonly sequence: number;
}

/** Entry id of a charge or its fence. */
export function saleEntryId(id: SaleId): string {
  return `${id.terminal}-${id.sequence}`;
}

export function findInRing(ring: Ring, id: SaleId): RingPlace | undefined {
  return ring.places.find((place) => place.terminal === id.terminal && place.sequence === id.sequence);
}

/**
 * Whether an entry with this id, if there is one recorded at or after `since` and numbered above `above`, must be in
 * the ring: it holds every terminal entry there ever was, or its oldest place lies before `since` or not above `above`.
 */
export function ringCovers(ring: Ring, reach: { readonly since: EpochMs; readonly above: number }): boolean {
  const oldest = ring.places[0];
  return !ring.dropped || (oldest !== undefined && (oldest.at < reach.since || oldest.n <= reach.above));
}

export function enterRing(ring: Ring, place: RingPlace): Ring {
  const places = [...ring.places, place];
  return places.length <= PLACES ? { places, dropped: ring.dropped } : { places: places.slice(-PLACES), dropped: true };
}

/** The sale of a hold has its outcome: its place is that one's from now on. */
export function moveInRing(ring: Ring, place: RingPlace): Ring {
  const places = ring.places.filter(({ terminal, sequence }) => terminal !== place.terminal || sequence !== place.sequence);
  return enterRing({ places, dropped: ring.dropped }, place);
}
