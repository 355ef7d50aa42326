import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import * as v from 'valibot';
import { openKept } from '../../sandbox/bench-top/kept';
import { createBenchTop } from '../../sandbox/bench-top/service';
import { BENCH_MERCHANT } from '../../sandbox/local/bench-machines';
import { type Stack, startStack } from '../../sandbox/local/stack';
import type { EntryView } from '../../shared/api/common';
import type { ClearReceivableReply, ReceivablesReply } from '../../shared/api/receivables';
import type { AccountReply } from '../../shared/api/student';
import { appears, fill, press, says, until } from '../stories/app';
import { changeInitialPassword, readShownCode, readShownPass, showCode } from '../stories/steps';
import { CARDHOLDERS, studentOf, tillOf } from '../stories/student';
import { root } from '../support/project';
import { launchBrowser } from './browser';
import { type BrowserApp, browserApp } from './browser-app';
import { type HallHands, openHall } from './hall-hands';

const SCHOOL = 'bistu';
/** A till that hears nothing waits up to half a minute before it tries again. */
const BACK_ONLINE_MS = 60_000;

const HEARTBEAT_MS = 60_000;
const heldSchema = v.object({ facts: v.object({ takesPasses: v.literal(true), passKeys: v.pipe(v.array(v.unknown()), v.minLength(1)) }) });

let stack: Stack;
let browser: Browser;
let phone: BrowserApp;
let bench: Page;
let machine: (terminal: number) => HallHands;
const student = () => studentOf(stack, SCHOOL, 0);
const pos = () => tillOf(stack, SCHOOL);

beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100, benchTop: createBenchTop }),
    launchBrowser(),
  ]);
  const { id: person } = stack.sandbox.world.addPerson('holder of passes');
  phone = await browserApp({ browser, container: 'alipay', webUrl: stack.web.url, person });
}, 180_000);
afterAll(async () => {
  await phone?.close();
  await browser?.close();
  await stack?.stop();
});

describe('one pass at two tills that are offline', () => {
  it('is taken by both, pays the merchant twice, and is owed by the holder until they settle it and their codes work again', async () => {
    await bindAndTopUp();
    const pass = await preparePasses();
    await heardByTills();
    await showWithoutNetwork(pass);
    const tills = await openTills();
    await sellWithoutNetwork(tills, pass);
    await tellOfBoth(tills);
    await settleTheDebt();
    for (const { balances } of await entries()) expect(balances.cardFen).toBeGreaterThanOrEqual(0);
    expect(phone.errors()).toEqual([]);
  }, 400_000);
});

describe('a gate without network', () => {
  it('opens to the identity pass of a phone without network, and to no pass that pays', async () => {
    await phone.back();
    const gate = machine(51);
    await gate.toggle('断网');
    await phone.cutNetwork(true);
    await press(phone, 'home-identity');
    await press(phone, 'code-by-pass');
    const pass = await readShownPass(phone, 'identity-pass');
    await phone.photograph('offline-identity-pass');
    await gate.press('扫码', { code: pass });
    await reads(gate, /请通行[\s\S]*学生[\s\S]*离线身份码/);
    await bench.locator('#machine-51').screenshot({ path: path.join(root, '.tmp', 'offline-gate.png') });
    await gate.press('扫码', { code: `93${pass.slice(2)}` });
    await reads(gate, /这是付款码/);
    await gate.press('扫码', { code: pass.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')) });
    await reads(gate, /离线码无效/);
    await gate.toggle('断网');
    await gate.press('扫码', { code: pass });
    await reads(gate, /已联网，请出示身份码/);
  }, 60_000);
});

async function bindAndTopUp(): Promise<void> {
  const { person, initialPassword } = student();
  await phone.open();
  await press(phone, `school-${SCHOOL}`);
  await fill(phone, 'bind-name', person.name);
  await fill(phone, 'bind-number', person.number);
  await fill(phone, 'bind-password', initialPassword);
  await press(phone, 'bind-submit');
  await says(phone, 'home-name', new RegExp(person.name));
  await changeInitialPassword(phone, student());
  await topUp(['1', '0', '0']);
}

async function topUp(keys: readonly string[]): Promise<void> {
  phone.atCashier('pay');
  await press(phone, 'home-top-up');
  await appears(phone, 'topup-submit');
  for (const key of keys) await press(phone, `key-${key}`);
  await press(phone, 'topup-submit');
  await until(
    phone,
    'the money to be on the card',
    async () => (await phone.has('order-code')) && /校园卡|到账/.test(await phone.textOf('order-state')),
  );
  await press(phone, 'order-home');
}

async function preparePasses(): Promise<string> {
  await press(phone, 'home-pay');
  // BI-03: before the physical card was on a terminal once, nothing is taken from the phone. The news of it is laid away.
  expect(await pos().chargeCard(100, student().chip)).toMatchObject({ outcome: 'charged', cardFen: 9_900 });
  await press(phone, 'code-paid');
  await press(phone, 'code-by-pass');
  await appears(phone, 'pass-none');
  await press(phone, 'pass-prepare');
  const pass = await readShownPass(phone);
  expect(await account()).toMatchObject({ balances: { cardFen: 9_900 }, reservedFen: 4_950 });
  return pass;
}

/** The same pass, also after the screen was left: nobody has told the phone that it is used. */
async function showWithoutNetwork(pass: string): Promise<void> {
  await phone.cutNetwork(true);
  await appears(phone, 'code-offline');
  await phone.back();
  await press(phone, 'home-pay');
  await press(phone, 'code-by-pass');
  expect(await readShownPass(phone)).toBe(pass);
  await phone.photograph('offline-pass-phone');
}

async function sellWithoutNetwork(tills: readonly [HallHands, HallHands], pass: string): Promise<void> {
  for (const till of tills) await till.toggle('断网');
  await sell(tills[0], '12.50', pass);
  await sell(tills[1], '20.00', pass);
  await tills[0].press('收款', { amount: '1.00' });
  await tills[0].press('扫码', { code: pass });
  await reads(tills[0], /离线码已使用/);
  await tills[0].press('返回');
  await bench.locator('#hall').screenshot({ path: path.join(root, '.tmp', 'offline-pass-hall.png') });
  // Nobody else knows of it yet.
  expect(await account()).toMatchObject({ balances: { cardFen: 9_900 }, reservedFen: 4_950 });
}

async function tellOfBoth(tills: readonly [HallHands, HallHands]): Promise<void> {
  await tills[0].toggle('断网');
  await account({ cardFen: 8_650 });
  await tills[1].toggle('断网');
  await account({ cardFen: 8_650, owedFen: 2_000 });
  for (const till of tills) await reads(till, /^(?![\s\S]*待上传)/);

  const sales = (await entries()).filter(({ kind }) => kind === 'pass-charge');
  expect(sales.map(({ merchant }) => merchant?.zh)).toEqual(['一食堂', '一食堂']);
  const { cases } = await asStaff<ReceivablesReply>('/receivables');
  expect(cases).toEqual([
    expect.objectContaining({
      ...{ entryId: expect.stringMatching(/^9-/), cause: 'pass-used-twice', terminal: 9, merchant: BENCH_MERCHANT },
      ...{ amountFen: 2_000, owedFen: 2_000, accountOwesFen: 2_000, firstEntryId: expect.stringMatching(/^8-/) },
    }),
  ]);
  // The tap, and both sales by one pass.
  await booksSay({ [`merchant:${BENCH_MERCHANT}`]: 100 + 1_250 + 2_000, 'receivable:holders': -2_000 });

  // The phone, still cut off, goes on showing codes; a till with network takes none.
  await press(phone, 'code-by-pass');
  expect(await pos().chargeCode(100, await readShownCode(phone))).toMatchObject({ outcome: 'not-charged', code: 'code.frozen' });
}

async function settleTheDebt(): Promise<void> {
  await phone.cutNetwork(false);
  await phone.back();
  // Enough for another envelope too: the first was given up with the debt, and the code screen asks for the next by itself.
  await topUp(['2', '0', '0']);
  await account({ cardFen: 28_650, owedFen: 2_000 });
  expect(await asHolder<ClearReceivableReply>('/receivables/clear', {})).toEqual({ paidFen: 2_000, owedFen: 0, codesFrozen: false });
  await account({ cardFen: 26_650 });
  expect(await pos().chargeCode(150, await showCode(phone))).toMatchObject({ outcome: 'charged', cardFen: 26_500 });
  await booksSay({ [`merchant:${BENCH_MERCHANT}`]: 3_500 });
}

/**
 * A till learns the school's keys from a heartbeat, and a school has a key once it has given out passes. No screen says what a till holds, so
 * its memory is looked into; a heartbeat whose answer is late on a busy machine is followed by the next in a minute.
 */
async function heardByTills(): Promise<void> {
  const holdsKeys = (terminal: number): boolean => v.is(heldSchema, openKept(stack.folder).memory(`passes/${SCHOOL}/${terminal}`).load());
  const look = async () => {
    const reply = await fetch(`${stack.web.url}/bench/hall?school=${SCHOOL}`);
    return reply.ok && holdsKeys(8) && holdsKeys(9);
  };
  await until(phone, 'both tills to hold the keys of passes', look, 2.5 * HEARTBEAT_MS);
}

async function openTills(): Promise<readonly [HallHands, HallHands]> {
  const context = await browser.newContext({ viewport: { width: 1600, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  bench = await context.newPage();
  await bench.goto(stack.web.url);
  machine = await openHall(bench, SCHOOL);
  const tills = [machine(8), machine(9)] as const;
  for (const till of tills) {
    await till.press('开班', { cashier: '1001' });
    await reads(till, /收款/);
  }
  return tills;
}

async function sell(till: HallHands, amount: string, code: string): Promise<void> {
  await till.press('收款', { amount });
  await till.press('扫码', { code });
  // The receipt is printed before there is any network.
  await reads(till, new RegExp(`离线收款[\\s\\S]*可以交付[\\s\\S]*方式 离线码[\\s\\S]*金额 ${amount.replace('.', '\\.')}`));
}

const reads = (till: HallHands, words: RegExp): Promise<true> => {
  let last = '';
  const look = async () => {
    last = await till.text();
    return words.test(last);
  };
  return until(phone, `the till to say ${words}`, look, BACK_ONLINE_MS).catch((reason: unknown) => {
    throw new Error(`the till says: ${last}`, { cause: reason });
  });
};

async function ask<T>(url: string, token: string, body?: unknown): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const reply = await fetch(url, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${url}: ${reply.status} ${await reply.text()}`);
  // The product's own answer, of the shape that shared/ says.
  return (await reply.json()) as T;
}

/** As the app would ask, over a network that the phone need not have. */
async function asHolder<T>(place: string, body?: unknown): Promise<T> {
  return ask(`${stack.functionsUrl}/student${place}`, await phone.token(), body);
}

async function asStaff<T>(place: string): Promise<T> {
  const signIn = { schoolId: SCHOOL, userName: 'finance-1', password: stack.secrets.staffPassword };
  const { sessionToken } = await ask<{ sessionToken: string }>(`${stack.functionsUrl}/staff/sign-in`, '', signIn);
  return ask(`${stack.functionsUrl}/staff${place}`, sessionToken);
}

/** The holder's account, once it is as said. */
async function account(wanted?: { readonly cardFen: number; readonly owedFen?: number | undefined }): Promise<AccountReply> {
  const isSo = ({ balances, owedFen }: AccountReply) =>
    wanted === undefined || (balances.cardFen === wanted.cardFen && owedFen === wanted.owedFen);
  const look = async () => {
    const now = await asHolder<AccountReply>('/account');
    return isSo(now) ? now : undefined;
  };
  return until(phone, `the account to have ${JSON.stringify(wanted)}`, look, BACK_ONLINE_MS);
}

/** Everything since the account was opened, ten entries a time. */
async function entries(): Promise<readonly EntryView[]> {
  const all: EntryView[] = [];
  for (let after = 0; ; ) {
    const page = await asHolder<{ entries: EntryView[]; lastEntryN: number }>(`/entries?after=${after}`);
    all.push(...page.entries);
    if (page.lastEntryN <= after) return all;
    after = page.lastEntryN;
  }
}

/** The books of the whole stack as finance sees them: these sides, and all sides sum to nothing. */
async function booksSay(sides: Readonly<Record<string, number>>): Promise<void> {
  // biome-ignore lint/performance/useDomNodeTextContent: what a person reads, not what is hidden.
  await until(phone, 'the books to balance', async () => /账平 ¥0\.00/.test(await bench.locator('#balance-pill').innerText()));
  const said = await until(phone, `the books to say ${JSON.stringify(sides)}`, async () => {
    const reply = (await (await fetch(`${stack.web.url}/bench/books`)).json()) as { imbalanceFen: number; sides: Record<string, number> };
    return Object.entries(sides).every(([side, amount]) => reply.sides[side] === amount) ? reply : undefined;
  });
  expect(said.imbalanceFen).toBe(0);
}
