import type { Stack } from '../../sandbox/local/stack';
import { type App, appears, fill, press, says, until } from './app';
import type { Student } from './student';

/** BISTU in Alipay: what is paid is on the card at once, and 999.01 yuan are refused with the reason. */
export async function bistuInAlipay(app: App, stack: Stack, { person, initialPassword }: Student): Promise<void> {
  await app.open();
  await fill(app, 'school-search', 'bjxxkjdx');
  await until(app, 'only BISTU', async () => (await app.has('school-bistu')) && !(await app.has('school-sjtu')));
  await press(app, 'school-bistu');
  await fill(app, 'bind-name', person.name);
  await fill(app, 'bind-number', person.number);
  await fill(app, 'bind-password', initialPassword);
  await press(app, 'bind-submit');
  await says(app, 'home-name', new RegExp(person.name));

  // A payer who turns back owes nothing, and the order can be paid after all.
  app.atCashier('cancel');
  await press(app, 'home-top-up');
  await enter(app, '100');
  await press(app, 'topup-submit');
  await appears(app, 'order-pay-again');
  app.atCashier('pay');
  await press(app, 'order-pay-again');
  await until(
    app,
    'the money to be on the card',
    async () => (await app.has('order-code')) && /校园卡|到账|card/i.test(await app.textOf('order-state')),
  );
  await press(app, 'order-home');
  await says(app, 'home-balance', /100\.00/);
  expect(await app.has('home-transit')).toBe(false);

  await press(app, 'home-top-up');
  await enter(app, '999.01');
  await says(app, 'topup-limit', /999/);
  // The screen does not ask; whoever asks all the same is refused by name.
  const reply = await fetch(`${stack.functionsUrl}/student/top-ups`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await app.token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ requestId: `story-${Date.now()}-over-the-cap`, amountFen: 99_901, channel: 'alipay' }),
  });
  expect([reply.status, ((await reply.json()) as { error: { code: string } }).error.code]).toEqual([400, 'top-up.over-cap']);
  await app.back();
  await says(app, 'home-balance', /100\.00/);
  expect(app.errors()).toEqual([]);
}

async function enter(app: App, amount: string): Promise<void> {
  await appears(app, 'topup-submit');
  for (const key of amount) await press(app, key === '.' ? 'key-dot' : `key-${key}`);
  await says(app, 'topup-amount', new RegExp(`^${amount.replace('.', '\\.')}$`));
}
