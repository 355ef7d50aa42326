import type { Page } from 'playwright-core';
import { SSO_PASSWORD } from '../../../sandbox/oidc/provider';
import type { Person } from '../../../sandbox/roster/people';
import { type App, appears, fill, press, says, until } from '../../stories/app';
import type { Scene } from './guide';

/** What several guides do alike. */

/** The newest code that the bank sent to its customer. */
async function bankCode({ stack, student }: Scene): Promise<string> {
  const customer = bankCustomer({ stack, student });
  const reply = await fetch(`${stack.sandbox.baseUrl}/sms/inbox?mobile=${customer.mobile}`);
  return ((await reply.json()) as { messages: { code: string }[] }).messages.at(-1)?.code ?? '';
}

export function bankCustomer({ stack, student }: Pick<Scene, 'stack' | 'student'>) {
  const customer = stack.sandbox.world.bank.customer(student.schoolId, student.person.number);
  if (customer === undefined) throw new Error('the bank does not know the student');
  return customer;
}

export async function confirmByBankCode(scene: Scene): Promise<void> {
  const { app } = scene;
  await appears(app, 'code-confirm');
  await fill(app, 'code-value', await bankCode(scene));
  await press(app, 'code-confirm');
}

/** Types an amount on the app's own keys. */
export async function typeAmount(app: App, amount: string): Promise<void> {
  for (const key of amount) await press(app, key === '.' ? 'key-dot' : `key-${key}`);
}

export async function titled(app: App, words: RegExp): Promise<void> {
  await until(app, `the title ${words}`, async () => words.test(await app.title()));
}

/** Opens a screen, looks at it, and comes back. */
export async function visit(app: App, entrance: string, look: () => Promise<unknown>): Promise<void> {
  await press(app, entrance);
  await look();
  await app.back();
  await appears(app, entrance);
}

export async function signIn({ app, student }: Scene): Promise<void> {
  await fill(app, 'bind-name', student.person.name);
  await fill(app, 'bind-number', student.person.number);
  await fill(app, 'bind-password', student.initialPassword);
  await press(app, 'bind-submit');
  await says(app, 'home-name', new RegExp(`^${student.person.name}$`));
}

/** 收付款 of the platform's own app: a code of the holder's phone at the till, until the till knows. */
export async function payByPlatformCode({ stack, holder, till }: Scene, platform: 'wechat' | 'alipay', amountFen: number): Promise<void> {
  const code = stack.sandbox.world.codePay.show(platform, holder);
  if (code === undefined) throw new Error('nobody holds this phone');
  let answer = await till.chargeCode(amountFen, code);
  const end = Date.now() + 30_000;
  while (!answer.definite && Date.now() < end) answer = await till.query();
  expect(answer).toMatchObject({ outcome: 'charged', amountFen });
}

/** WeChat Work is not in this app: the page of the ways to open says so, what to do there, and gives its search words to copy. */
export async function workElsewhere(
  scene: Scene,
  { way, words, search }: { readonly way: number; readonly words: RegExp; readonly search: string },
): Promise<void> {
  const { app, student, phone } = scene;
  await app.open();
  await press(app, `school-${student.schoolId}`);
  await press(app, 'bind-get');
  await says(
    app,
    `get-within-${way}`,
    /^现在打开的是支付宝。这个入口在企业微信（或微信通讯录的企业号）里；不去那里，也可以在这里绑定校园卡。$/,
  );
  await says(app, `get-way-${way}`, words);
  await press(app, `get-search-${way}`);
  await says(app, 'get-said', new RegExp(search));
  expect(phone?.host.shown).toContain(`copied: ${search}`);
}

/** Links the holder's own debit card in the app, whose first password is changed by then. */
export async function linkBankCard(scene: Scene): Promise<void> {
  const { app } = scene;
  await press(app, 'home-money');
  await press(app, 'hub-bank-card');
  await fill(app, 'bind-card-id', bankCustomer(scene).idNumber);
  await press(app, 'bind-card-next');
  await confirmByBankCode(scene);
  await press(app, 'bank-card-done');
  await app.back();
}

/** The school's own page: a wrong password first, then the right one. */
export async function logInWithJAccount(page: Page, { number }: Pick<Person, 'number'>): Promise<void> {
  for (const password of ['not-it', SSO_PASSWORD]) {
    await page.waitForSelector(password === SSO_PASSWORD ? '#sso-wrong' : '#sso-account');
    await page.fill('#sso-account', number);
    await page.fill('#sso-password', password);
    await page.click('#sso-submit');
  }
}
