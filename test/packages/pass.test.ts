import path from 'node:path';
import { type Stack, startStack } from '../../sandbox/local/stack';
import type { PassesReply } from '../../shared/api/passes';
import { type App, appears, fill, press, says, until } from '../stories/app';
import { packageApp } from '../stories/package-app';
import { changeInitialPassword, readShownPass } from '../stories/steps';
import { CARDHOLDERS, type Student, studentOf } from '../stories/student';
import { root } from '../support/project';
import { compileTemplates } from './host/templates';

const SCHOOL = 'bistu';
let stack: Stack;
let app: App | undefined;

beforeAll(async () => {
  stack = await startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 });
}, 120_000);
afterEach(async () => {
  await app?.close();
  app = undefined;
});
afterAll(() => stack?.stop());

/** As its compiled templates bind it: a canvas that no template draws is never found. */
function open(kind: 'weapp' | 'alipay'): App {
  const { id: person } = stack.sandbox.world.addPerson(`passes in ${kind}`);
  const folder = path.join(root, 'miniapp', 'dist', kind);
  app = packageApp({ kind, stack, person, templates: compileTemplates(kind, folder) });
  return app;
}

it.each([
  ['weapp', 0],
  ['alipay', 1],
] as const)('the built %s package draws the passes that the school signed, one after the other', async (kind, nth) => {
  const phone = open(kind);
  await ableToPay(phone, studentOf(stack, SCHOOL, nth));
  await press(phone, 'home-pay');
  await press(phone, 'code-by-pass');
  await appears(phone, 'pass-none');
  await press(phone, 'pass-prepare');
  const first = await readShownPass(phone);
  expect(first).toMatch(/^93\d{224}$/);

  await press(phone, 'pass-done');
  const second = await until(phone, 'the next pass', async () => {
    const shown = await readShownPass(phone);
    return shown !== first && shown;
  });
  expect([first, second]).toEqual((await signedPasses(phone)).slice(0, 2));
  expect(await phone.textOf('pass-left')).toMatch(/14 张/);
  expect(phone.errors()).toEqual([]);
});

async function ableToPay(phone: App, student: Student): Promise<void> {
  const { person, initialPassword } = student;
  await phone.open();
  await press(phone, `school-${SCHOOL}`);
  await fill(phone, 'bind-name', person.name);
  await fill(phone, 'bind-number', person.number);
  await fill(phone, 'bind-password', initialPassword);
  await press(phone, 'bind-submit');
  await says(phone, 'home-name', new RegExp(person.name));
  await changeInitialPassword(phone, student);
  phone.atCashier('pay');
  await press(phone, 'home-top-up');
  await appears(phone, 'topup-submit');
  for (const key of ['5', '0']) await press(phone, `key-${key}`);
  await press(phone, 'topup-submit');
  await until(
    phone,
    'the money to be on the card',
    async () => (await phone.has('order-code')) && /校园卡|到账/.test(await phone.textOf('order-state')),
  );
  await press(phone, 'order-home');
  await says(phone, 'home-balance', /50\.00/);
}

/** What the server gives out for this app: asked again, it is the same envelope. */
async function signedPasses(phone: App): Promise<readonly string[]> {
  const headers = { authorization: `Bearer ${await phone.token()}`, 'content-type': 'application/json' };
  const reply = await fetch(`${stack.functionsUrl}/student/passes`, { method: 'POST', headers, body: '{}' });
  // The product's own answer, of the shape that shared/ says.
  return ((await reply.json()) as PassesReply).passes;
}
