import type { Stack } from '../../sandbox/local/stack';
import { CHINA_OFFSET_MINUTES } from '../../shared/time';
import { type App, fill, press, says, until } from './app';
import { spendOnePassTwice } from './one-pass-twice';
import { bind, changeInitialPassword } from './steps';
import { type Student, tillOf } from './student';

/** BISTU: what a second use of an offline pass leaves owing, and what else is done with money. */
export async function moneyAtBistu(app: App, stack: Stack, student: Student): Promise<void> {
  await app.open();
  await press(app, 'school-bistu');
  await bind(app, student);
  await changeInitialPassword(app, student);
  app.atCashier('pay');
  await press(app, 'home-top-up');
  for (const key of '120') await press(app, `key-${key}`);
  await press(app, 'topup-submit');
  await says(app, 'order-state', /已到账/);
  expect(await tillOf(stack, 'bistu').chargeCard(1_000, student.chip)).toMatchObject({ outcome: 'charged' });
  await press(app, 'order-home');
  await spendOnePassTwice(stack, student, await app.token(), { betweenFen: 3_500, amountsFen: [1_000, 2_500] });

  await press(app, 'home-refresh');
  await says(app, 'home-owed', /25\.00/);
  await press(app, 'home-owed');
  // Of 110 passes reserve half; of the 55 that were free a meal took 35.
  await says(app, 'debt-missing', /5\.00/);
  await press(app, 'debt-settle');
  await says(app, 'debt-part-done', /20\.00/);
  await press(app, 'debt-top-up');
  // Begun with what is missing; a 0 behind it makes enough for what follows.
  await says(app, 'topup-amount', /^5$/);
  await press(app, 'key-0');
  await press(app, 'topup-submit');
  await says(app, 'order-state', /已到账/);
  await app.back();
  await press(app, 'debt-settle');
  await says(app, 'debt-done', /已结清/);
  await press(app, 'debt-home');

  await press(app, 'home-electricity');
  await fill(app, 'utility-account', '３-412');
  await press(app, 'utility-find');
  await says(app, 'utility-balance', /3\.20/);
  await press(app, 'utility-preset-2000');
  await Promise.all([app.tap('utility-submit'), app.tap('utility-submit').catch(() => undefined)]);
  await says(app, 'utility-state', /缴费成功/);
  const { payments } = await asked<{ payments: { amountFen: number }[] }>(app, stack, '/student/money/utilities/payments');
  expect(payments.map(({ amountFen }) => amountFen)).toEqual([2_000]);
  await press(app, 'utility-home');

  await press(app, 'home-money');
  await press(app, 'hub-gifts');
  await press(app, 'gift-new');
  await press(app, 'gift-preset-10000');
  await press(app, 'gift-submit');
  await until(app, 'the link', async () => /¥0\.00 \/ ¥100\.00/.test(await app.text()));
  await app.back();
  await doubtTheMeal(app, stack);
  expect(app.errors()).toEqual([]);
}

async function doubtTheMeal(app: App, stack: Stack): Promise<void> {
  const { entries } = await asked<{ entries: { n: number; kind: string }[] }>(app, stack, `/student/statement?month=${thisMonth()}`);
  const n = entries.find(({ kind }) => kind === 'charge')?.n;
  await press(app, 'hub-disputes');
  await press(app, `dispute-sale-${n}`);
  await press(app, 'dispute-not-received');
  await press(app, 'dispute-submit');
  // The till has not sent its day yet.
  await says(app, 'dispute-state', /等待终端记录/);
  await press(app, 'dispute-back');
  await says(app, `dispute-${n}-state`, /等待终端记录/);
}

function thisMonth(): string {
  return new Date(Date.now() + CHINA_OFFSET_MINUTES * 60_000).toISOString().slice(0, 7);
}

async function asked<Reply>(app: App, stack: Stack, path: string): Promise<Reply> {
  const reply = await fetch(stack.functionsUrl + path, { headers: { authorization: `Bearer ${await app.token()}` } });
  // The caller names the part of the answer that it looks at.
  return (await reply.json()) as Reply;
}
