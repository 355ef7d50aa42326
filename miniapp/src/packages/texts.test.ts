import { en as computerEn } from './computer/text/en';
import { zh as computerZh } from './computer/text/zh';
import { en as entryEn } from './entry/text/en';
import { zh as entryZh } from './entry/text/zh';
import { en as manageEn } from './manage/text/en';
import { zh as manageZh } from './manage/text/zh';
import { en as moneyEn } from './money/text/en';
import { zh as moneyZh } from './money/text/zh';
import { en as noticesEn } from './notices/text/en';
import { zh as noticesZh } from './notices/text/zh';
import { en as serviceEn } from './service/text/en';
import { zh as serviceZh } from './service/text/zh';

type Table = Readonly<Record<string, string>>;
const TABLES: readonly [string, { readonly zh: Table; readonly en: Table }][] = [
  ['computer', { zh: computerZh, en: computerEn }],
  ['entry', { zh: entryZh, en: entryEn }],
  ['manage', { zh: manageZh, en: manageEn }],
  ['money', { zh: moneyZh, en: moneyEn }],
  ['notices', { zh: noticesZh, en: noticesEn }],
  ['service', { zh: serviceZh, en: serviceEn }],
];
const places = (sentence = '') => (sentence.match(/\{\w+\}/g) ?? []).sort();

describe.each(TABLES)('the words of the %s screens', (_, { zh, en }) => {
  const keys = Object.keys(zh);

  it('are the same keys in both languages, none empty, with the same values in each', () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort());
    for (const key of keys)
      expect([key, zh[key]?.trim() !== '', en[key]?.trim() !== '', places(en[key])]).toEqual([key, true, true, places(zh[key])]);
  });

  it('have no Chinese in English', () => {
    expect(keys.filter((key) => /[一-鿿]/.test(en[key] ?? ''))).toEqual([]);
  });
});
