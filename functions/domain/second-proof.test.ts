import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type RulePack, rulePackSchema } from '../../shared/rule-pack';
import { offeredProofs } from './second-proof';

const readPack = (name: string): RulePack =>
  v.parse(rulePackSchema, JSON.parse(readFileSync(join(__dirname, `../../packs/${name}.json`), 'utf8')));
const known = { hasIdTail: true, hasMobile: true };

describe('second proofs', () => {
  it('are the ID tail, an SMS or the desk where the initial password is one for all', () => {
    expect(offeredProofs(readPack('shanghaitech'), known)).toEqual(['id-tail', 'sms', 'desk']);
  });

  it.each(['dufl', 'sjtu', 'bistu'])('never are the ID tail at %s, where the initial password is made from it', (school) => {
    expect(offeredProofs(readPack(school), known)).toEqual(['sms', 'desk']);
  });

  it('never are the ID tail there even if a pack lists it', () => {
    const pack: RulePack = { ...readPack('dufl'), secondProofs: ['id-tail'] };
    expect(offeredProofs(pack, known)).toEqual(['desk']);
  });

  it('need what the roster knows of the holder', () => {
    const pack = readPack('shanghaitech');
    expect(offeredProofs(pack, { hasIdTail: false, hasMobile: true })).toEqual(['sms', 'desk']);
    expect(offeredProofs(pack, { hasIdTail: true, hasMobile: false })).toEqual(['id-tail', 'desk']);
    expect(offeredProofs(pack, { hasIdTail: false, hasMobile: false })).toEqual(['desk']);
  });
});
