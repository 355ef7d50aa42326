import { type Stack, startStack } from '../../sandbox/local/stack';
import { appears, press, says, until } from '../stories/app';
import type { PackageApp } from '../stories/package-app';
import { changeInitialPassword } from '../stories/steps';
import { CARDHOLDERS, studentOf, tillOf } from '../stories/student';
import { root } from '../support/project';
import { type Kind, phonesAt } from './phones';

const SCHOOL = 'bistu';
let stack: Stack;
const phones = phonesAt(() => stack, SCHOOL);

beforeAll(async () => {
  stack = await startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 });
}, 120_000);
afterEach(() => phones.closeAll());
afterAll(() => stack?.stop());

async function topUp(app: PackageApp): Promise<void> {
  app.atCashier('pay');
  await press(app, 'home-top-up');
  for (const key of '200') await press(app, `key-${key}`);
  await press(app, 'topup-submit');
  await says(app, 'order-state', /已到账/);
}

async function openSettings(app: PackageApp): Promise<void> {
  await press(app, 'home-notices');
  await press(app, 'inbox-settings');
  await appears(app, 'message-large-spend');
}

/** The inbox shows so many large purchases; notices come a moment after what they are of. */
async function inboxTells(app: PackageApp, count: number): Promise<void> {
  await until(app, `${count} large purchases in the inbox`, async () => {
    await press(app, 'home-notices');
    await appears(app, 'inbox-end');
    const told = (await app.text()).split('大额消费').length - 1;
    await app.back();
    await appears(app, 'home-notices');
    return told === count;
  });
}

describe.each<[Kind, 'wechat' | 'alipay', number]>([
  ['weapp', 'wechat', 11],
  ['alipay', 'alipay', 12],
])('messages [%s]', (kind, app, number) => {
  it('bring a large purchase to the phone of whoever agreed, once for each agreement; the inbox tells all of them', async () => {
    const student = studentOf(stack, SCHOOL, number);
    const { app: phone } = await phones.boundPhone(kind, student);
    const shown = () =>
      stack.sandbox.world.messages
        .sent()
        .filter((one) => one.app === app)
        .map(({ title, page, data }) => ({ title, page, texts: Object.values(data).filter((text) => !/\d:\d/.test(text)) }));
    const spend = async (fen: number) =>
      expect(await tillOf(stack, SCHOOL).chargeCard(fen, student.chip)).toMatchObject({ outcome: 'charged' });
    const message = (amount: string) => ({
      title: '消费提醒',
      page: 'packages/notices/pages/inbox/index',
      texts: ['校园卡大额消费', amount, '点击查看账户通知'],
    });
    await changeInitialPassword(phone, student);
    await topUp(phone);
    // The money has arrived: here somebody sees what a notice is for.
    await press(phone, 'order-notices');
    await press(phone, 'notice-large-spend-3000');
    await says(phone, 'notice-settings-said', /已保存/);
    await says(phone, 'message-large-spend-left', /点这里接收/);
    await press(phone, 'message-large-spend');
    await says(phone, 'message-large-spend-left', /还能收 1 条/);
    await phone.back();
    await press(phone, 'order-home');

    await spend(3_500);
    await until(phone, 'the message', async () => shown().length === 1);
    expect(shown()).toEqual([message('¥35.00')]);
    await inboxTells(phone, 1);

    // Used up: refused, or switched off, the purchase is in the inbox only.
    await openSettings(phone);
    await says(phone, 'message-large-spend-left', /点这里接收/);
    phone.answerMessages('reject');
    await press(phone, 'message-large-spend');
    await says(phone, 'messages-said', /没有同意/);
    phone.answerMessages('off');
    await press(phone, 'message-large-spend');
    await says(phone, 'messages-said', /打开消息通知/);
    await says(phone, 'message-large-spend-left', /点这里接收/);
    await phone.back();
    await phone.back();
    await spend(3_600);
    await inboxTells(phone, 2);

    // The next one that is shown is of the next purchase.
    phone.answerMessages('accept');
    await openSettings(phone);
    await press(phone, 'message-large-spend');
    await says(phone, 'message-large-spend-left', /还能收 1 条/);
    await phone.back();
    await phone.back();
    await spend(3_700);
    await until(phone, 'the second message', async () => shown().length === 2);
    expect(shown()).toEqual([message('¥35.00'), message('¥37.00')]);
    await inboxTells(phone, 3);
    expect(phone.errors()).toEqual([]);
  }, 240_000);
});
