import path from 'node:path';
import { type Stack, startStack } from '../../sandbox/local/stack';
import { press, says, until } from '../stories/app';
import { type PackageApp, packageApp } from '../stories/package-app';
import { bind, changeInitialPassword, readShownCode } from '../stories/steps';
import { CARDHOLDERS, studentOf, tillOf } from '../stories/student';
import { root } from '../support/project';
import { compileTemplates } from './host/templates';

/** Feature 34 where its page of consent opens: in the two mini-programs. Changing, switching and ending it: test/e2e/auto-top-up.test.ts. */
const SCHOOL = 'shanghaitech';
let stack: Stack;
let app: PackageApp | undefined;

beforeAll(async () => {
  stack = await startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 });
}, 120_000);
afterEach(async () => {
  await app?.close();
  app = undefined;
});
afterAll(() => stack?.stop());

describe.each([
  ['weapp', 7],
  ['alipay', 8],
] as const)('automatic top-up in the built package [%s]', (kind, nth) => {
  it('is agreed to on the platform’s own page, and tops the card up below the threshold', async () => {
    const student = studentOf(stack, SCHOOL, nth);
    const { id: person } = stack.sandbox.world.addPerson(`auto ${kind}`);
    const templates = compileTemplates(kind, path.join(root, 'miniapp', 'dist', kind));
    const phone = packageApp({ kind, stack, person, templates });
    app = phone;
    await phone.open();
    await press(phone, `school-${SCHOOL}`);
    await bind(phone, student);
    await changeInitialPassword(phone, student);
    await press(phone, 'home-top-up');
    for (const key of '21') await press(phone, `key-${key}`);
    await press(phone, 'topup-submit');
    await until(phone, 'the order to be held', async () => (await phone.has('order-code')) && /待领/.test(await phone.text()));
    await press(phone, 'order-home');

    await press(phone, 'home-top-up');
    await press(phone, 'topup-auto');
    await press(phone, 'auto-threshold-2000');
    await press(phone, 'auto-amount-5000');
    await says(phone, 'auto-terms', kind === 'weapp' ? /20\.00[\s\S]*微信支付[\s\S]*50\.00/ : /20\.00[\s\S]*支付宝[\s\S]*50\.00/);
    // Whoever turns back on the platform's page has agreed to nothing.
    phone.atCashier('cancel');
    await says(phone, 'auto-submit', /^同意并去签约$/);
    await press(phone, 'auto-submit');
    await says(phone, 'auto-asked', /等待签约/);
    if (kind === 'alipay') await says(phone, 'auto-outcome', /没有完成签约，没有任何变化/);
    phone.atCashier('pay');
    await says(phone, 'auto-submit', /^重新打开签约页$/);
    await press(phone, 'auto-submit');
    await until(phone, 'the contract', async () => {
      if (await phone.has('auto-check')) await phone.tap('auto-check').catch(() => undefined);
      return (await phone.has('auto-state')) && /已开启/.test(await phone.textOf('auto-state'));
    });
    await says(phone, 'auto-channel', kind === 'weapp' ? /微信支付/ : /支付宝/);
    await says(phone, 'auto-used', /¥0\.00 \/ ¥/);
    await phone.back();
    await phone.back();

    await press(phone, 'home-pay');
    expect(await tillOf(stack, SCHOOL).chargeCode(500, await readShownCode(phone))).toMatchObject({ outcome: 'charged' });
    await phone.back();
    await until(
      phone,
      'what was topped up',
      async () => {
        await press(phone, 'home-refresh');
        return (await phone.has('home-transit')) && /50\.00/.test(await phone.textOf('home-transit'));
      },
      90_000,
    );
    expect(phone.errors()).toEqual([]);
  }, 180_000);
});
