import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type RulePack, rulePackSchema } from '../../shared/rule-pack';
import { packProblems } from './pack-problems';

const good: RulePack = v.parse(rulePackSchema, JSON.parse(readFileSync(join(__dirname, '../../packs/sjtu.json'), 'utf8')));
const label = { zh: '午餐', en: 'Lunch' };

/** As JSON would come from a school, so that money need not be branded here. */
function changed(change: (pack: Record<string, Record<string, unknown>>) => void): RulePack {
  const copy = JSON.parse(JSON.stringify(good));
  change(copy);
  return v.parse(rulePackSchema, copy);
}

describe('pack problems', () => {
  it.each<[string, (pack: Record<string, Record<string, unknown>>) => void, RegExp]>([
    ['a preset above the cap', (p) => Object.assign(p.topUp ?? {}, { presetsFen: [5000], maxFen: 1000 }), /preset 5000/],
    ['a preset twice', (p) => Object.assign(p.topUp ?? {}, { presetsFen: [5000, 5000] }), /twice/],
    ['least above most', (p) => Object.assign(p.topUp ?? {}, { minFen: 2000, maxFen: 1000 }), /minFen is above/],
    ['no way to name an amount', (p) => Object.assign(p.topUp ?? {}, { freeAmount: false }), /neither presets/],
    ['money that waits for ever', (p) => Object.assign(p.arrival ?? {}, { claimAt: [] }), /claimed nowhere/],
    ['a limit on no period', (p) => Object.assign(p.limits ?? {}, { mealPeriods: [] }), /without meal periods/],
    ['an ID tail proving itself', (p) => Object.assign(p, { secondProofs: ['id-tail'] }), /ID tail/],
    ['codes that pay from nothing', (p) => Object.assign(p.codes ?? {}, { funding: [] }), /nothing to pay from/],
    ['codes on a missing wallet', (p) => Object.assign(p.codes ?? {}, { funding: [{ source: 'wallet', label }] }), /not offered/],
    ['a pointer to nothing', (p) => Object.assign(p, { notInGuide: { '/topUp/channels/9': 'why' } }), /channels\/9 names nothing/],
  ])('tells of %s', (_, change, problem) => {
    expect(packProblems(changed(change))).toContainEqual(expect.stringMatching(problem));
  });

  it('tells of periods that overlap, also over midnight', () => {
    const pack = changed((p) =>
      Object.assign(p.limits ?? {}, {
        mealPeriods: [
          { id: 'supper', name: label, fromMinute: 1200, toMinute: 300 },
          { id: 'breakfast', name: label, fromMinute: 240, toMinute: 600 },
        ],
      }),
    );
    expect(packProblems(pack)).toEqual(['limits: breakfast overlaps another period']);
  });

  it('finds nothing in a good pack', () => expect(packProblems(good)).toEqual([]));
});
