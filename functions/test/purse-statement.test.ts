import * as v from 'valibot';
import { accountReply, statementReply } from '../../shared/api/student';
import { createModelDatabase } from './model-database';
import { PurseWorld } from './purse-world';
import { StudentWorld } from './student-world';

test('a student sees what is in the purse, when it was settled, and what left it; a load is between places of their own', async () => {
  const database = createModelDatabase();
  const student = await StudentWorld.create(database);
  const baths = new PurseWorld(database);
  const at = (now: number): void => {
    student.now = now;
    baths.till.now = now;
  };
  at(Date.parse('2026-09-01T08:00:00+08:00'));
  const phone = student.phone('a');
  const holder = await student.provenHolder(phone, 'bistu');
  await student.topUp(holder, 3_000);
  const account = async () => v.parse(accountReply, (await phone.get('/student/account')).body);
  expect(await account()).not.toHaveProperty('purseSettledAt');
  const chip = baths.card(holder.accountNo);
  await baths.swipe(chip);
  at(student.now + 60_000);
  await baths.upload([baths.use(chip, 340)]);
  expect(await account()).toMatchObject({
    balances: { cardFen: 2_000, purseFen: 660 },
    purseSettledAt: '2026-09-01T08:01:00.000+08:00',
  });
  at(student.now + 60_000);
  await baths.swipe(chip);
  const { entries, spentFen } = v.parse(statementReply, (await phone.get('/student/statement?month=2026-09')).body);
  expect(
    entries
      .slice(0, 3)
      .map(({ kind, amountFen, runningFen, fundedFrom, balances }) => [kind, amountFen, runningFen, fundedFrom, balances.purseFen]),
  ).toEqual([
    ['purse-loaded', 0, 1_660, null, 1_000],
    ['purse-settled', -340, 2_000, 'purse', 660],
    ['purse-loaded', 0, 2_000, null, 1_000],
  ]);
  expect(spentFen).toBe(340);
});
