import type * as v from 'valibot';
import type { listSchoolsQuery, listSchoolsReply, SchoolSummary } from '../../shared/api/student';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { citiesOf, type SchoolListing, searchSchools } from '../domain/school-search';

export interface ListSchoolsDeps {
  /** Every school's pack in force, with what it is found by; cached. */
  readonly listings: () => Promise<readonly SchoolListing[]>;
}

type Query = v.InferOutput<typeof listSchoolsQuery>;

/** A page of schools that fit (ST-51, ST-52, DL-05), and all cities. Throws AppError `request.malformed` (cursor, half a place). */
export async function listSchools(deps: ListSchoolsDeps, query: Query): Promise<v.InferOutput<typeof listSchoolsReply>> {
  const { latitude, longitude } = query;
  if ((latitude === undefined) !== (longitude === undefined)) throw new AppError('request.malformed', { field: 'latitude' });
  const near = latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
  const listings = await deps.listings();
  const page = searchSchools(listings, { text: query.q, city: query.city, near, cursor: query.cursor });
  return { schools: page.schools.map(summaryOf), cities: [...citiesOf(listings)], nextCursor: page.nextCursor };
}

function summaryOf({ schoolId, name, shortName, city, brand }: RulePack): SchoolSummary {
  return { schoolId, name, shortName, city, brandColor: brand.color };
}
