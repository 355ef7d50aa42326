import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { type RulePack, rulePackSchema } from '../../../shared/rule-pack';

/** The packs that ship. DUFL tops up through no platform, so nobody could pay money in there. */
export function simulatedPacks(packsFolder: string): readonly RulePack[] {
  return ['sjtu', 'shanghaitech', 'bistu'].map((name) =>
    v.parse(rulePackSchema, JSON.parse(readFileSync(path.join(packsFolder, `${name}.json`), 'utf8'))),
  );
}
