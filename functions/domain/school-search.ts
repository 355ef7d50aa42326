import { AppError } from '../../shared/errors';
import type { Bilingual, RulePack } from '../../shared/rule-pack';
import { distanceKm, type Place } from './distance';
import { latinRank, normaliseQuery, pinyinRank, RANK, typoRank } from './school-match';

/** Syllables of a Chinese text, lower case, without tones (`functions/lib/romanize.ts`). */
export type Romanize = (text: string) => readonly string[];

/** A school with all it can be found by, made once when packs are loaded. */
export interface SchoolListing {
  readonly pack: RulePack;
  /** Chinese names: full, short, aliases, the name of its app. */
  readonly names: readonly string[];
  /** English names. */
  readonly words: readonly string[];
  readonly syllables: readonly (readonly string[])[];
  readonly city: { readonly name: Bilingual; readonly syllables: readonly string[] };
  /** Sorts schools that match equally well. */
  readonly order: string;
}

export function listSchool(pack: RulePack, romanize: Romanize): SchoolListing {
  const names = [pack.name.zh, pack.shortName.zh, pack.appName.zh, ...pack.aliases];
  return {
    pack,
    names: names.map(normaliseQuery),
    words: [pack.name.en, pack.shortName.en, pack.schoolId, ...pack.aliases].map((text) => text.toLowerCase()),
    syllables: names.map((name) => romanize(normaliseQuery(name))),
    city: { name: pack.city, syllables: romanize(pack.city.zh) },
    order: romanize(pack.name.zh).join(' '),
  };
}

export interface SchoolQuery {
  /** Chinese, full pinyin, initials or a mix, an English name, or a city (ST-52). */
  readonly text?: string | undefined;
  /** Chinese or English name of a city, as `cities` lists it (ST-51). */
  readonly city?: string | undefined;
  /** Where the student is (DL-05): nearer schools come first among equals. */
  readonly near?: Place | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

export interface SchoolPage {
  readonly schools: readonly RulePack[];
  readonly nextCursor: string | null;
}

/** One page of matching schools, best match first. Throws `request.malformed` on a cursor that no page gave. */
export function searchSchools(listings: readonly SchoolListing[], query: SchoolQuery, pageSize = 20): SchoolPage {
  const text = normaliseQuery(query.text ?? '');
  const inCity = listings.filter((listing) => query.city === undefined || isCity(listing.pack.city, query.city));
  const found = matches(inCity, text)
    .map((match) => ({ ...match, km: query.near === undefined ? 0 : distanceKm(query.near, match.listing.pack.location) }))
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        a.km - b.km ||
        compare(a.listing.order, b.listing.order) ||
        compare(a.listing.pack.schoolId, b.listing.pack.schoolId),
    )
    .map(({ listing }) => listing.pack);
  const from = query.cursor === undefined ? 0 : found.findIndex((pack) => pack.schoolId === query.cursor) + 1;
  if (query.cursor !== undefined && from === 0) throw new AppError('request.malformed', { field: 'cursor' });
  const schools = found.slice(from, from + pageSize);
  const last = schools.at(-1);
  return { schools, nextCursor: last !== undefined && from + schools.length < found.length ? last.schoolId : null };
}

interface Match {
  readonly listing: SchoolListing;
  readonly rank: number;
}

/** What the text names; only where it names no school at all is it read as a slip of the finger. */
function matches(listings: readonly SchoolListing[], text: string): Match[] {
  const rankedBy = (rank: (listing: SchoolListing) => number): Match[] =>
    listings.map((listing) => ({ listing, rank: rank(listing) })).filter((match) => match.rank < RANK.none);
  if (text === '') return rankedBy(() => RANK.exact);
  const sure = rankedBy((listing) => rankOf(listing, text));
  return sure.length > 0 ? sure : rankedBy((listing) => typoRankOf(listing, text));
}

/** Every city that has a school, once, by pinyin. */
export function citiesOf(listings: readonly SchoolListing[]): readonly Bilingual[] {
  const byName = new Map(listings.map(({ city }) => [city.name.zh, city]));
  return [...byName.values()].sort((a, b) => compare(a.syllables.join(' '), b.syllables.join(' '))).map((city) => city.name);
}

function isCity(city: Bilingual, asked: string): boolean {
  // A located city comes with its administrative suffix: 上海市.
  const wanted = normaliseQuery(asked).replace(/(.)市$/, '$1');
  return wanted === '' || city.zh === wanted || city.en.toLowerCase() === wanted;
}

function rankOf(listing: SchoolListing, text: string): number {
  const byName = listing.names.map((name) => chineseRank(name, text));
  const byPinyin = listing.syllables.map((syllables) => pinyinRank(syllables, text));
  const byWord = listing.words.map((word) => latinRank(word, text));
  const { name, syllables } = listing.city;
  const inCity = name.zh.startsWith(text) || isCity(name, text) || pinyinRank(syllables, text) <= RANK.start;
  return Math.min(...byName, ...byPinyin, ...byWord, inCity ? RANK.city : RANK.none);
}

function typoRankOf({ names, words, syllables }: SchoolListing, text: string): number {
  const spelt = syllables.flatMap((each) => [each.join(''), each.map((syllable) => syllable.charAt(0)).join('')]);
  return Math.min(...[...names, ...words.map((word) => word.replace(/[\s-]+/g, '')), ...spelt].map((name) => typoRank(name, text)));
}

function chineseRank(name: string, text: string): number {
  if (name === text) return RANK.exact;
  if (name.startsWith(text)) return RANK.start;
  if (name.includes(text)) return RANK.inside;
  return isScattered(name, text) ? RANK.scattered : RANK.none;
}

/** 上科大 in 上海科技大学: the characters in their order, from the first one on. */
function isScattered(name: string, text: string): boolean {
  if (text.length < 2 || name.charAt(0) !== text.charAt(0)) return false;
  let at = 0;
  for (const char of name) if (char === text.charAt(at)) at += 1;
  return at === text.length;
}

/** By code unit: pinyin is ASCII, and the order must not depend on a machine's locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
