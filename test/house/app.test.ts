import { projectFiles, readProjectFile } from '../support/project';

/** What the student's app must not hold, in any of its builds. */
const sources = projectFiles('miniapp/src', 'miniapp/config', 'shared')
  .filter((name) => /\.(tsx?|scss|html)$/.test(name) && !/\.test\.tsx?$/.test(name))
  // Why a rule is there may name the school whose guide states it.
  .map((name) => ({ name, text: readProjectFile(name).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '') }));
const holding = (pattern: RegExp): string[] => sources.flatMap(({ name, text }) => (pattern.test(text) ? [name] : []));

it('is read whole', () => {
  expect(sources.length).toBeGreaterThan(80);
  expect(holding(/pack\.appName/)).toContain('miniapp/src/pages/home/index.tsx');
});

it('DL-02: is one general edition: no school is named in it, each comes as a rule pack', () => {
  expect(holding(/\b(shanghaitech|dufl|bistu|sjtu)\b|上海科技大学|大连外国语|信息科技大学|交通大学/i)).toEqual([]);
});

it('DL-32: shows no advert, neither a platform’s nor a bank’s tile', () => {
  const adverts =
    /<ad\b|<Ad(Custom)?\b|\b(Ad|AdCustom)\b[^}]*\}\s*from '@tarojs\/components'|create(InterstitialAd|RewardedVideoAd|BannerAd)|adUnitId|unit-id/;
  expect(adverts.test("import { Ad } from '@tarojs/components';")).toBe(true);
  expect(holding(adverts)).toEqual([]);
  const packs = projectFiles('packs/*.json').map(readProjectFile);
  expect(packs.length).toBeGreaterThanOrEqual(4);
  expect(packs.filter((text) => /建行班克|advert/i.test(text))).toEqual([]);
});
