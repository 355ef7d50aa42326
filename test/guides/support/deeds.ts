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
