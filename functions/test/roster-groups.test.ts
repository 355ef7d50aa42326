import { randomBytes } from 'node:crypto';
import { cardActivatedDraft } from '../domain/card-issue';
import { nextEntry } from '../domain/entry';
import { groupChangedDraft } from '../domain/holder-group';
import { verifyPassbook } from '../domain/verify-passbook';
import { createFieldCipher } from '../lib/field-cipher';
import { type ImportDeps, importRoster } from '../operations/import-roster';
import { createAccountNumbers } from '../store/account-numbers';
import { createCards } from '../store/cards';
import { createHolders } from '../store/holders';
import { createPassbook } from '../store/passbook';
import { createPurses } from '../store/purses';
import { createRosterMarks } from '../store/roster-marks';
import type { Database } from '../store/table';
import { Crash, faultyDatabase } from './faulty-database';
import { createModelDatabase } from './model-database';
import { loadPack, NOON } from './sale-fixture';

const pack = loadPack('sjtu');
const NUMBER = '2021000037';
const line = (kind: string, card = '60000037') => `${NUMBER},王小明,${kind},,,${card}`;

/** The card office's import over one store, of one holder. */
function office(database: Database = createModelDatabase()) {
  const depsOver = (store: Database): ImportDeps => ({
    passbook: createPassbook(store),
    holders: createHolders(store),
    cards: createCards(store),
    accountNumbers: createAccountNumbers(store, async () => undefined),
    rosterMarks: createRosterMarks(store),
    purses: createPurses(store),
    cipher: createFieldCipher({ current: 'k1', keys: { k1: new Uint8Array(32).fill(9) } }, randomBytes),
    clock: () => NOON,
    backOff: async () => undefined,
  });
  const deps = depsOver(database);
  const bring = async (row: string, by = deps) => {
    const { opened, changed, unchanged, errors } = await importRoster(
      by,
      pack,
      new TextEncoder().encode(`学号,姓名,类别,身份证后7位,手机号,卡号\n${row}`),
    );
    return [opened, changed, unchanged, errors.length];
  };
  const entries = async () => {
    const accountNo = (await deps.holders.accountOf(pack.schoolId, NUMBER)) ?? 0;
    const found = await deps.passbook.entries(pack.schoolId, accountNo, { from: 1, to: 99, limit: 99 });
    return [...found.entries].reverse();
  };
  const groups = async () => (await entries()).map(({ kind, state }) => [kind, state.group]);
  return { database, deps, depsOver, bring, entries, groups };
}

test('who is no student is so from entry 1 on; of a student nothing is kept', async () => {
  for (const [kind, group] of [
    ['学生', undefined],
    ['教工', 'staff'],
    ['临时', 'temporary'],
  ] as const) {
    const { bring, groups, entries } = office();
    await bring(line(kind));
    expect(await groups()).toEqual([['opened', group]]);
    if (group === undefined) expect((await entries())[0]?.state).not.toHaveProperty('group');
  }
});

test('a role that changed reaches the passbook in one entry with the holder’s row, once, and back again', async () => {
  const { bring, entries, groups, deps } = office();
  await bring(line('学生'));
  expect(await bring(line('教工'))).toEqual([0, 1, 0, 0]);
  expect(await bring(`${line('教工')}\n`)).toEqual([0, 0, 1, 0]);
  expect(await bring(line('学生'))).toEqual([0, 1, 0, 0]);
  expect(await groups()).toEqual([
    ['opened', undefined],
    ['group-changed', 'staff'],
    ['group-changed', undefined],
  ]);
  expect(verifyPassbook(await entries())).toEqual([]);
  expect(await deps.holders.find(pack.schoolId, (await deps.holders.accountOf(pack.schoolId, NUMBER)) ?? 0)).toMatchObject({
    kind: 'student',
  });
});

test('a new card and a new role of one line are one entry', async () => {
  const { bring, groups } = office();
  await bring(line('学生'));
  await bring(line('教工', '60000038'));
  expect(await groups()).toEqual([
    ['opened', undefined],
    ['card-issued', 'staff'],
  ]);
});

test('an account from before groups were kept is mended by the next list that names it', async () => {
  const { bring, groups, entries, deps } = office();
  await bring(line('教工'));
  const [head] = await entries();
  const draft = head && groupChangedDraft(head, 'student', { occurredAt: NOON });
  if (head === undefined || draft === undefined) throw new Error('no head');
  await deps.passbook.append(
    nextEntry(head, { ...draft, kind: 'limits-changed', entryId: 'as-before' }, { recordedAt: NOON, utcOffsetMinutes: 480 }),
  );
  expect(await bring(`${line('教工')}\n`)).toEqual([0, 1, 0, 0]);
  expect((await groups()).at(-1)).toEqual(['group-changed', 'staff']);
});

test('a list that names the earlier card which its holder put back into use is not refused; another earlier one is', async () => {
  const { bring, entries, deps } = office();
  await bring(line('学生'));
  await bring(line('学生', '60000038'));
  await bring(line('学生', '60000039'));
  const head = (await entries()).at(-1);
  if (head === undefined) throw new Error('no head');
  const found = cardActivatedDraft(head, { issue: 1, entryId: '31-1', requestHash: 'a'.repeat(64), occurredAt: NOON });
  await deps.passbook.append(nextEntry(head, found, { recordedAt: NOON, utcOffsetMinutes: 480 }));
  expect(await bring(`${line('学生')}\n`)).toEqual([0, 0, 1, 0]);
  expect(await bring(`${line('学生', '60000038')}\n`)).toEqual([0, 0, 0, 1]);
  await bring(line('学生', '60000040'));
  expect((await entries()).at(-1)).toMatchObject({ entryId: 'card-4', state: { cardIssue: 4 } });
});

test('an import that dies before or after any of its calls is finished by running it again', async () => {
  const counted = faultyDatabase(createModelDatabase(), { at: 1_000, moment: 'before' });
  const sample = office(counted);
  await sample.bring(line('学生'));
  const before = counted.calls();
  await sample.bring(line('临时'));
  for (let at = 1; at <= counted.calls() - before; at += 1) {
    for (const moment of ['before', 'after'] as const) {
      const { database, bring, depsOver, groups } = office();
      await bring(line('学生'));
      await expect(bring(line('临时'), depsOver(faultyDatabase(database, { at, moment })))).rejects.toBeInstanceOf(Crash);
      await bring(line('临时'));
      expect(await groups()).toEqual([
        ['opened', undefined],
        ['group-changed', 'temporary'],
      ]);
    }
  }
});
