import type { PhoneMessage } from '../platforms/contract';
import { createAlipayMessages } from '../platforms/phone-messages/alipay-messages';
import { createWechatMessages } from '../platforms/phone-messages/wechat-messages';
import { codeOf, deps, type PlatformWorld, startPlatforms } from './sandbox-platforms';

/** Our senders against stand-ins that count agreements and hold every field to the platform's limits. */
let world: PlatformWorld;
beforeAll(async () => {
  world = await startPlatforms();
});
afterAll(() => world.stop());

const WECHAT_DATA = { thing1: '校园卡大额消费', amount2: '¥35.00', time3: '2026年11月29日 14:05', thing4: '点击查看账户通知' };
const ALIPAY_DATA = { keyword1: '校园卡大额消费', keyword2: '¥35.00', keyword3: '2026年11月29日 14:05', keyword4: '点击查看账户通知' };

function wechatSettings(appSecret?: string) {
  const { apiBaseUrl, openBaseUrl, miniProgram } = world.sandbox.credentials.wechatLogin;
  const apps = [{ appId: miniProgram.appid, appSecret: appSecret ?? miniProgram.secret, kind: 'mini-program' }];
  return { apiUrl: apiBaseUrl, openUrl: openBaseUrl, apps };
}

function senderOf(app: 'wechat' | 'alipay', now = deps.now) {
  const { gatewayUrl, openBaseUrl } = world.sandbox.credentials.alipay;
  return app === 'wechat'
    ? createWechatMessages(wechatSettings(), { ...deps, now })
    : createAlipayMessages({ authUrl: openBaseUrl, gatewayUrl, apps: world.alipayApps() }, deps);
}

/** Somebody new, with as many agreements as wished. */
function receiver(app: 'wechat' | 'alipay', agreements: number) {
  const { world: outside, credentials } = world.sandbox;
  const person = outside.addPerson(`${app}-${Math.random()}`).id;
  const appId = app === 'wechat' ? credentials.wechatLogin.miniProgram.appid : credentials.alipay.miniProgramAppId;
  const templateId = `${app}-template-large-spend`;
  const openId = outside.openid(app, appId, person) ?? '';
  for (let i = 0; i < agreements; i += 1) expect(outside.messages.agree({ app, person, templateIds: [templateId] })).toBe(true);
  const message: PhoneMessage = {
    appId,
    openId,
    templateId,
    page: 'packages/notices/pages/inbox/index',
    language: 'zh',
    data: app === 'wechat' ? WECHAT_DATA : ALIPAY_DATA,
  };
  const shown = () => outside.messages.sent().filter(({ openid }) => openid === openId);
  return { message, shown };
}

describe.each(['wechat', 'alipay'] as const)('a message by %s', (app) => {
  it('is shown once for each agreement, and is then not agreed to', async () => {
    const { message, shown } = receiver(app, 2);
    const sender = senderOf(app);
    expect(await sender.send(message)).toBe('sent');
    expect(await sender.send(message)).toBe('sent');
    expect(await sender.send(message)).toBe('not-agreed');
    expect(shown()).toHaveLength(2);
    expect(shown()[0]).toMatchObject({ app, title: '消费提醒', page: message.page, data: message.data });
  });

  it('of an unknown template or to an unknown person is refused, and uses no agreement', async () => {
    const { message, shown } = receiver(app, 1);
    const sender = senderOf(app);
    expect(await codeOf(() => sender.send({ ...message, templateId: 'other' }))).toBe('messages.platform-refused');
    expect(await codeOf(() => sender.send({ ...message, openId: 'other' }))).toBe('messages.platform-refused');
    const [name = ''] = Object.keys(message.data);
    expect(await codeOf(() => sender.send({ ...message, data: { ...message.data, [name]: '' } }))).toBe('messages.platform-refused');
    expect(await codeOf(() => sender.send({ ...message, appId: 'other' }))).toBe('config.invalid');
    expect(shown()).toEqual([]);
    expect(await sender.send(message)).toBe('sent');
  });
});

it.each([
  ['a text of 21 characters', { thing1: '一'.repeat(21) }],
  ['an amount below zero', { amount2: '-¥1.00' }],
  ['a time that is none', { time3: '下午两点' }],
])('WeChat refuses %s', async (_, data) => {
  const { message, shown } = receiver('wechat', 1);
  const sending = () => senderOf('wechat').send({ ...message, data: { ...message.data, ...data } });
  expect(await codeOf(sending)).toBe('messages.platform-refused');
  expect(shown()).toEqual([]);
});

it('WeChat gives every function the same token, so that none ends another’s', async () => {
  const { message } = receiver('wechat', 3);
  const [one, other] = [senderOf('wechat'), senderOf('wechat')];
  expect([await one.send(message), await other.send(message), await one.send(message)]).toEqual(['sent', 'sent', 'sent']);
});

it('WeChat refuses a wrong secret as a setting', async () => {
  const { message } = receiver('wechat', 1);
  expect(await codeOf(() => createWechatMessages(wechatSettings('x'), deps).send(message))).toBe('config.invalid');
});
