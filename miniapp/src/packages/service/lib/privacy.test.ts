import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { type RulePack, rulePackSchema } from '../../../../../shared/rule-pack';
import { zh } from '../text/zh';
import { privacySections } from './privacy';

const packs = path.resolve(__dirname, '../../../../../packs');
const pack = (schoolId: string): RulePack =>
  v.parse(rulePackSchema, JSON.parse(readFileSync(path.join(packs, `${schoolId}.json`), 'utf8')));
const said = (of: RulePack | null): string =>
  privacySections(of)
    .flatMap(({ lines }) => lines.map((line) => zh[line]))
    .join('\n');

describe('DL-30 the privacy policy', () => {
  it('says what is collected and why, who sees it, for how long, and how to remove it', () => {
    expect(privacySections(null).map(({ title }) => zh[title])).toEqual(['收集什么、为什么', '谁能看到', '保存多久', '怎样删除和更正']);
  });

  it('speaks of banks, of what a bank asks for and of names at gates only where the school has them', () => {
    const has = (schoolId: string) =>
      ['绑定银行卡：', '客户信息补录：', '打了星号的姓名'].map((words) => said(pack(schoolId)).includes(words));
    expect(has('dufl')).toEqual([true, true, false]);
    expect(has('shanghaitech')).toEqual([true, false, true]);
    expect(has('bistu')).toEqual([false, false, false]);
  });

  it('leaves nothing out for somebody who has not chosen a school', () => {
    const shown = new Set(privacySections(null).flatMap(({ lines, title }) => [...lines, title]));
    const all = Object.keys(zh).filter((key) => key.startsWith('privacy.') && !/\.(title|version|day|short|short-title|to-\w+)$/.test(key));
    expect([...shown].sort()).toEqual(all.sort());
  });

  // The times that the functions keep things for; a change there must be told here.
  it.each([
    ['functions/operations/sign-in.ts', /SESSION_LIVES_MS = 30 \* DAY_MS/, 'privacy.long-session', '30 天'],
    ['functions/store/bindings.ts', /KEPT_MS = 30 \* DAY_MS/, 'privacy.long-binding', '30 天'],
    ['functions/store/sms-codes.ts', /DAY_KEPT_MS = 86_400_000/, 'privacy.long-sms', '一天'],
    ['functions/store/gate-records.ts', /KEPT_MS = 8 \* 86_400_000/, 'privacy.long-gate', '8 天'],
  ] as const)('says as long as %s keeps it', (file, kept, key, words) => {
    expect(readFileSync(path.resolve(packs, '..', file), 'utf8')).toMatch(kept);
    expect(zh[key]).toContain(words);
  });
});
