import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { rulePackSchema } from '../../../shared/rule-pack';
import { lenientParse } from './lenient-parse';

const pack = JSON.parse(readFileSync(path.resolve(__dirname, '../../../packs/shanghaitech.json'), 'utf8'));

describe('an answer of a newer server', () => {
  it('is read without the fields that this app does not know, wherever they stand', () => {
    const newer = structuredClone(pack);
    newer.loyalty = { points: true };
    newer.topUp.channels[1].express = 'yes';
    newer.arrival.sooner = 1;
    const before = JSON.stringify(newer);
    const parsed = lenientParse(rulePackSchema, newer);
    expect(parsed.success && parsed.output).toEqual(v.parse(rulePackSchema, pack));
    expect(JSON.stringify(newer)).toBe(before);
  });

  it('is refused for anything else that is wrong, also beside an unknown field', () => {
    expect(lenientParse(rulePackSchema, { ...pack, loyalty: 1, version: 'two' }).success).toBe(false);
    const { name: _name, ...nameless } = pack;
    expect(lenientParse(rulePackSchema, nameless).success).toBe(false);
    expect(lenientParse(rulePackSchema, null).success).toBe(false);
  });

  it('is as it was where nothing is unknown, and no more than a hundred fields are left out', () => {
    expect(lenientParse(rulePackSchema, pack).success).toBe(true);
    const flooded = { ...pack, ...Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`field${index}`, index])) };
    expect(lenientParse(rulePackSchema, flooded).success).toBe(false);
  });
});
