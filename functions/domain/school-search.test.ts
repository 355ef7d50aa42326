import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { type RulePack, rulePackSchema } from '../../shared/rule-pack';
import { romanize } from '../lib/romanize';
import { distanceKm } from './distance';
import { citiesOf, listSchool, type SchoolQuery, searchSchools } from './school-search';

const readPack = (name: string): RulePack =>
  v.parse(rulePackSchema, JSON.parse(readFileSync(join(__dirname, `../../packs/${name}.json`), 'utf8')));
const packs = ['sjtu', 'shanghaitech', 'dufl', 'bistu'].map(readPack);
const listings = packs.map((pack) => listSchool(pack, romanize));
const found = (query: SchoolQuery): string[] => searchSchools(listings, query).schools.map((pack) => pack.schoolId);

describe('finding a school', () => {
  it.each([
    ['shkjdx', 'shanghaitech'],
    ['SHKJDX', 'shanghaitech'],
    ['shanghaikejidaxue', 'shanghaitech'],
    ['shang hai ke ji', 'shanghaitech'],
    ['shanghkj', 'shanghaitech'],
    ['ｓｈｋｊｄｘ', 'shanghaitech'],
    ['上海科技', 'shanghaitech'],
    ['科技大学', 'bistu'],
    ['上科大', 'shanghaitech'],
    ['北科技', 'bistu'],
    ['xinxikeda', 'bistu'],
    ['bistu', 'bistu'],
    ['shanghai tech', 'shanghaitech'],
    ['jiao tong', 'sjtu'],
    ['sjtu', 'sjtu'],
    ['交大', 'sjtu'],
    ['dlwgydx', 'dufl'],
    ['大连外国语', 'dufl'],
    ['foreign languages', 'dufl'],
    ['e卡通', 'bistu'],
  ])('ST-52 finds by %s', (text, schoolId) => {
    expect(found({ text })).toContain(schoolId);
  });

  it.each(['shanghai', '上海', 'Shanghai', 'sh'])('ST-52 finds both schools of Shanghai by %s and no other', (text) => {
    expect(found({ text }).slice(0, 2).sort()).toEqual(['shanghaitech', 'sjtu']);
    expect(found({ text })).not.toContain('bistu');
  });

  it('ST-52 puts the better match first: a beginning before a place inside, a whole name before all', () => {
    expect(found({ text: 'jiaoda' })[0]).toBe('sjtu');
    expect(found({ text: '科技大学' })).toEqual(['bistu', 'shanghaitech']);
    expect(found({ text: '校园' }).length).toBeGreaterThan(1);
  });

  it.each([
    ['a letter too few', 'shanhaikeji', 'shanghaitech'],
    ['a letter too many', 'shhkjdx', 'shanghaitech'],
    ['a wrong letter', 'dalianwaigip', 'dufl'],
    ['two letters swapped', 'bitsu', 'bistu'],
    ['a wrong character', '上海科计大学', 'shanghaitech'],
    ['a character too few', '大连国语大', 'dufl'],
    ['two slips in a long word', 'shangaijiaotung', 'sjtu'],
  ])('ST-52 forgives %s: %s', (_slip, text, schoolId) => {
    expect(found({ text })[0]).toBe(schoolId);
  });

  it('ST-52 takes for a slip only what names no school otherwise', () => {
    // SHTU, one letter away, is another school's alias.
    expect(found({ text: 'sjtu' })).toEqual(['sjtu']);
    expect(found({ text: 'xj' })).toEqual([]);
  });

  it('finds nothing for what names no school', () => {
    expect(found({ text: 'zzz' })).toEqual([]);
    expect(found({ text: '清华' })).toEqual([]);
  });

  it('ST-51 DL-05 lists the schools of a city, also with the suffix a phone gives', () => {
    expect(found({ city: '大连' })).toEqual(['dufl']);
    expect(found({ city: '北京市' })).toEqual(['bistu']);
    expect(found({ city: 'shanghai', text: 'shkj' })).toEqual(['shanghaitech']);
    expect(found({ city: '广州' })).toEqual([]);
    expect(found({ text: 'dalian' })).toEqual(['dufl']);
    expect(citiesOf(listings).map(({ zh }) => zh)).toEqual(['北京', '大连', '上海']);
  });

  it('DL-05 puts the nearest school first', () => {
    const zhangjiang = { latitude: 31.2, longitude: 121.6 };
    expect(found({ near: zhangjiang })).toEqual(['shanghaitech', 'sjtu', 'dufl', 'bistu']);
    expect(found({ near: { latitude: 31.02, longitude: 121.43 }, text: '上海' })).toEqual(['sjtu', 'shanghaitech']);
    expect(distanceKm(zhangjiang, zhangjiang)).toBe(0);
    expect(Math.round(distanceKm({ latitude: 31.23, longitude: 121.47 }, { latitude: 39.9, longitude: 116.4 }))).toBe(1067);
  });

  it('lists all schools by pinyin when nothing is asked', () => {
    expect(found({})).toEqual(['bistu', 'dufl', 'sjtu', 'shanghaitech']);
  });

  it('pages through every match once, whatever the page size', () => {
    const many = Array.from({ length: 57 }, (_, i) =>
      listSchool({ ...packs[i % 4 === 0 ? 0 : 1], schoolId: `s${i}` } as RulePack, romanize),
    );
    const whole = searchSchools(many, { text: '上海' }, 1000).schools.map((pack) => pack.schoolId);
    expect(whole).toHaveLength(57);
    for (const size of [1, 7, 20, 57, 100]) {
      const seen: string[] = [];
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const page = searchSchools(many, { text: '上海', cursor }, size);
        expect(page.schools.length).toBeLessThanOrEqual(size);
        seen.push(...page.schools.map((pack) => pack.schoolId));
        cursor = page.nextCursor;
      }
      expect(seen).toEqual(whole);
    }
  });

  it('refuses a cursor that no page gave', () => {
    expect(() => searchSchools(listings, { cursor: 'nowhere' })).toThrow(expect.objectContaining({ code: 'request.malformed' }));
  });

  it('answers any text, quickly', () => {
    fc.assert(fc.property(fc.string({ maxLength: 64, unit: 'grapheme' }), (text) => found({ text }).length <= 4));
    expect(found({ text: 's'.repeat(64) })).toEqual([]);
  });
});
