import type { Stack } from '../../sandbox/local/stack';
import { type App, appears, fill, press, says, until } from './app';
import { bind, changeInitialPassword, NEW_PASSWORD, showCode } from './steps';
import { type Student, tillOf } from './student';

/** ShanghaiTech in WeChat, from finding the school to a loss that is taken back: issue 2, "must hold". */
export async function shanghaiTechInWechat(app: App, stack: Stack, student: Student): Promise<void> {
  const till = tillOf(stack, 'shanghaitech');
  await app.open();
  await findTheSchool(app);
  await bind(app, student);
  await changeInitialPassword(app, student);
  await topUpTwenty(app);
  const before = await showCode(app);

  const charged = await till.chargeCode(1_250, before);
  expect(charged).toMatchObject({ outcome: 'charged', definite: true, amountFen: 1_250, claimedFen: 2_000, cardFen: 750 });
  await isToldWithinTwoSeconds(app, stack);
  expect(await till.chargeCode(100, before)).toMatchObject({ outcome: 'not-charged', code: 'code.used' });

  await readStatement(app);
  await loseAndFind(app, stack, student);
  expect(app.errors()).toEqual([]);
}

/**
 * The issue's figure: the paid notice is there within 2 s of the charge. The phone rests a second between two questions, so it waits for the
 * one under way, that second, the one that brings the charge, and the screen. How long the functions' process takes at this moment to say
 * that a page is not there, which costs the product nothing, is what the machine adds to each; on a quiet one the bound is below the 2 s.
 */
async function isToldWithinTwoSeconds(app: App, stack: Stack): Promise<void> {
  const chargedAt = performance.now();
  const seen = says(app, 'code-paid-amount', /12\.50/, 10_000).then(() => performance.now() - chargedAt);
  const [seenMs, slowestMs] = await Promise.all([
    seen,
    slowestUntil(seen, () => fetch(`${stack.functionsUrl}/`).then((reply) => reply.arrayBuffer())),
  ]);
  expect(seenMs).toBeLessThan(1_900 + 3 * slowestMs);
}

/** The longest that one of the questions took, asked one after another until `end` is settled; in ms. */
async function slowestUntil(end: Promise<unknown>, ask: () => Promise<unknown>): Promise<number> {
  let open = true;
  const close = (): void => {
    open = false;
  };
  end.then(close, close);
  let slowestMs = 0;
  while (open) {
    const askedAt = performance.now();
    await ask();
    slowestMs = Math.max(slowestMs, performance.now() - askedAt);
  }
  return slowestMs;
}

async function findTheSchool(app: App): Promise<void> {
  await appears(app, 'school-search');
  for (const [typed, others] of [
    ['shkjdx', ['sjtu', 'bistu', 'dufl']],
    ['shanghai', ['bistu', 'dufl']],
    ['上海', ['bistu', 'dufl']],
  ] as const) {
    await fill(app, 'school-search', typed);
    await until(app, `only what ${typed} means`, async () => {
      if (!(await app.has('school-shanghaitech'))) return false;
      for (const other of others) if (await app.has(`school-${other}`)) return false;
      return true;
    });
    // Nothing typed shows every school again, so that the next word narrows the list by itself.
    await fill(app, 'school-search', '');
    await appears(app, 'school-bistu');
  }
  await press(app, 'school-shanghaitech');
}

/** Home to home; the money waits to be claimed. */
export async function topUpTwenty(app: App): Promise<void> {
  app.atCashier('pay');
  await press(app, 'home-top-up');
  await press(app, 'topup-preset-2000');
  await says(app, 'topup-amount', /^20/);
  await press(app, 'topup-submit');
  // 付款成功 → 待领金额: not on the card yet.
  await until(app, 'the order to be held', async () => (await app.has('order-code')) && /待领/.test(await app.text()));
  await press(app, 'order-home');
  await says(app, 'home-transit', /20\.00/);
  expect(await app.textOf('home-balance')).toMatch(/0\.00/);
}

async function readStatement(app: App): Promise<void> {
  await app.back();
  await says(app, 'home-balance', /7\.50/);
  await press(app, 'home-statement');
  const text = await until(app, 'both lines of the statement', async () => {
    const shown = await app.text();
    return /12\.50/.test(shown) && /20\.00/.test(shown) && (await app.has('statement-end')) ? shown : undefined;
  });
  // Newest first: the sale with the claim inside it, then the top-up, each with the balance after it.
  expect(text.replace(/\s/g, '')).toMatch(/[-−]¥?12\.50/);
  expect(text.replace(/\s/g, '')).toMatch(/\+¥?20\.00/);
  expect(await app.textOf('statement-spent')).toMatch(/12\.50/);
  expect(await app.textOf('statement-received')).toMatch(/20\.00/);
  const rows = await entryRows(app);
  expect(rows.map(({ text: row }) => /7\.50/.test(row))).toEqual([true, false]);
  await app.back();
}

/** The rows that move money, newest first. */
async function entryRows(app: App): Promise<{ n: number; text: string }[]> {
  const rows: { n: number; text: string }[] = [];
  for (let n = 30; n >= 1; n--) {
    if (!(await app.has(`entry-${n}`))) continue;
    const text = await app.textOf(`entry-${n}`);
    if (/[+−-]¥?\d/.test(text)) rows.push({ n, text });
  }
  return rows;
}

async function loseAndFind(app: App, stack: Stack, student: Student): Promise<void> {
  const till = tillOf(stack, 'shanghaitech');
  const stolen = await showCode(app);
  await app.back();

  await press(app, 'home-loss');
  await fill(app, 'loss-password', NEW_PASSWORD);
  await press(app, 'loss-submit');
  await press(app, 'loss-confirm-yes');
  await appears(app, 'loss-state');
  expect(await till.chargeCard(100, student.chip)).toMatchObject({ outcome: 'not-charged', code: 'card.lost' });
  expect(await till.chargeCode(100, stolen)).toMatchObject({ outcome: 'not-charged', code: 'code.frozen' });

  await fill(app, 'loss-cancel-password', NEW_PASSWORD);
  await proveAgainByIdTail(app, student);
  await press(app, 'loss-cancel');
  await appears(app, 'loss-ended');
  expect(await till.chargeCard(100, student.chip)).toMatchObject({ outcome: 'charged', cardFen: 650 });
  await app.back();
  expect(await till.chargeCode(150, await showCode(app))).toMatchObject({ outcome: 'charged', cardFen: 500 });
}

async function proveAgainByIdTail(app: App, { person }: Student): Promise<void> {
  await press(app, 'proof-id-tail');
  await fill(app, 'proof-value', person.idTail.slice(-6));
}
