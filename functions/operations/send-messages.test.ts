import { AppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import type { PhoneMessage } from '../platforms/contract';
import { createTemplates } from '../platforms/phone-messages/settings';
import { type Binding, createBindings } from '../store/bindings';
import { createMessageAgreements } from '../store/message-agreements';
import { createNoticeWishes } from '../store/notice-wishes';
import { createNotices } from '../store/notices';
import { createModelDatabase } from '../test/model-database';
import { loadPack, NOON, SaleFixture } from '../test/sale-fixture';
import { authorizePayment } from './authorize-payment';
import type { HolderCaller } from './caller';
import { agreeToMessages, readPhoneMessages } from './read-messages';
import { type MessageLine, type SendMessagesDeps, sendMessages } from './send-messages';
import { tellOfEntry } from './tell-of-entry';

const WECHAT = { templateId: 'wx-large', fields: { thing1: 'what', amount2: 'amount', time3: 'time', thing4: 'advice' } };
const ALIPAY = { templateId: 'ali-large', fields: { keyword1: 'what', keyword2: 'amount' } };
const SETTINGS = {
  apps: [
    { platform: 'wechat-mini', appId: 'wx1', schools: ['shanghaitech'], templates: { 'large-spend': WECHAT } },
    { platform: 'alipay-mini', appId: '2021', schools: ['shanghaitech'], templates: { 'large-spend': ALIPAY } },
  ],
};

/** An account with a WeChat, an Alipay and a page bound, and platforms that answer as told. */
async function phones(answer: (message: PhoneMessage) => Promise<'sent' | 'not-agreed'> = async () => 'sent') {
  const database = createModelDatabase();
  const bindings = createBindings(database);
  const agreements = createMessageAgreements(database);
  const account = { schoolId: 'shanghaitech', accountNo: 42 };
  const bind = async (platform: Binding['platform'], appId: string): Promise<Binding> => {
    const binding = {
      ...account,
      platform,
      appId,
      openid: `open-${platform}`,
      bindingId: `bnd_${platform}`,
      slot: 0,
      deviceLabel: 'x',
      boundAt: NOON,
      removedAt: undefined,
    };
    await database.transact([bindings.newRow(binding)]);
    return binding;
  };
  const wechat = await bind('wechat-mini', 'wx1');
  const alipay = await bind('alipay-mini', '2021');
  await bind('wechat-web', 'wx2');
  const sent: PhoneMessage[] = [];
  const platform = {
    send: async (message: PhoneMessage) => {
      sent.push(message);
      return answer(message);
    },
  };
  const deps: SendMessagesDeps & { agreements: typeof agreements } = {
    bindings,
    agreements,
    templatesOf: createTemplates(SETTINGS),
    platformOf: (name) => (name.endsWith('-mini') ? platform : undefined),
    packOf: async () => loadPack('shanghaitech'),
  };
  const agree = (binding: Binding, language: 'zh' | 'en' = 'zh') => agreements.agree(binding, { topic: 'large-spend', language });
  return { deps, database, bindings, sent, wechat, alipay, agree, account };
}
const line = (key = 'large-spend/7'): MessageLine => ({
  schoolId: 'shanghaitech',
  accountNo: 42,
  key,
  kind: 'large-spend',
  amountFen: fen(3_500),
  at: NOON,
});

describe('a notice is sent', () => {
  it('to the apps that agreed, in the language they agreed in, by the fields of their own templates', async () => {
    const { deps, sent, wechat, alipay, agree } = await phones();
    await agree(wechat);
    await agree(alipay, 'en');
    expect(await sendMessages(deps, line())).toEqual({ sent: 2, failures: [] });
    expect(sent.sort((a, b) => b.appId.localeCompare(a.appId))).toEqual([
      {
        appId: 'wx1',
        openId: 'open-wechat-mini',
        templateId: 'wx-large',
        page: 'packages/notices/pages/inbox/index',
        language: 'zh',
        data: { thing1: '校园卡大额消费', amount2: '¥35.00', time3: '2026年11月21日 12:08', thing4: '点击查看账户通知' },
      },
      expect.objectContaining({ templateId: 'ali-large', language: 'en', data: { keyword1: 'Large purchase', keyword2: '¥35.00' } }),
    ]);
  });

  it('to nobody who has not agreed, or is removed, or of whose kind there is no template', async () => {
    const { deps, sent, wechat, alipay, agree, database, bindings } = await phones();
    await agree(wechat);
    await database.transact([bindings.removedRow(wechat, NOON)]);
    expect(await sendMessages(deps, line())).toEqual({ sent: 0, failures: [] });
    await agree(alipay);
    expect(await sendMessages(deps, { ...line('low-balance/7'), kind: 'low-balance' })).toEqual({ sent: 0, failures: [] });
    expect(await sendMessages(deps, { ...line('subsidy'), kind: 'subsidy-granted' })).toEqual({ sent: 0, failures: [] });
    expect(sent).toEqual([]);
    expect(await deps.agreements.left(alipay)).toEqual({ 'large-spend': 1 });
  });

  it('once for each agreement, and once however often its line is delivered, also at the same moment', async () => {
    const { deps, sent, wechat, agree } = await phones();
    await agree(wechat);
    await agree(wechat);
    await Promise.all([1, 2, 3].map(() => sendMessages(deps, line())));
    await sendMessages(deps, line());
    expect(sent).toHaveLength(1);
    expect(await deps.agreements.left(wechat)).toEqual({ 'large-spend': 1 });
    for (const key of ['large-spend/8', 'large-spend/9']) await sendMessages(deps, line(key));
    expect(sent).toHaveLength(2);
  });

  it('never twice, where nobody knows whether the platform has delivered it; another app has its own', async () => {
    const { deps, sent, wechat, alipay, agree } = await phones(async ({ appId }) => {
      if (appId === 'wx1') throw new AppError('messages.platform-unavailable');
      return 'sent';
    });
    await agree(wechat);
    await agree(wechat);
    await agree(alipay);
    const first = await sendMessages(deps, line());
    expect(first).toEqual({ sent: 1, failures: [expect.objectContaining({ code: 'messages.platform-unavailable' })] });
    expect(await sendMessages(deps, line())).toEqual({ sent: 0, failures: [] });
    expect(sent.filter(({ appId }) => appId === 'wx1')).toHaveLength(1);
  });

  it('no more to whoever the platform says has not agreed, until they agree again', async () => {
    const { deps, sent, wechat, agree } = await phones(async () => 'not-agreed');
    await agree(wechat);
    await agree(wechat);
    expect(await sendMessages(deps, line())).toEqual({ sent: 0, failures: [] });
    expect(await deps.agreements.left(wechat)).toEqual({ 'large-spend': 0 });
    await sendMessages(deps, line('large-spend/8'));
    expect(sent).toHaveLength(1);
  });
});

describe('agreements', () => {
  const caller = (binding: Binding): HolderCaller => ({ identity: binding, bound: binding, tokenHash: '', sourceIp: '' });

  it('are counted up to ten, for the app that asks, and only where there is a template', async () => {
    const { deps, wechat, alipay } = await phones();
    const wish = { topic: 'large-spend', language: 'zh' } as const;
    for (let i = 0; i < 12; i += 1) await agreeToMessages(deps, caller(wechat), wish);
    expect(await readPhoneMessages(deps, caller(wechat))).toEqual({ topics: [{ topic: 'large-spend', templateId: 'wx-large', left: 10 }] });
    expect(await readPhoneMessages(deps, caller(alipay))).toEqual({ topics: [{ topic: 'large-spend', templateId: 'ali-large', left: 0 }] });
    expect(await readPhoneMessages(deps, caller({ ...wechat, platform: 'wechat-web', appId: 'wx2' }))).toEqual({ topics: [] });
    expect(await readPhoneMessages(deps, caller({ ...wechat, schoolId: 'sjtu' }))).toEqual({ topics: [] });
    await expect(agreeToMessages(deps, caller(wechat), { ...wish, topic: 'refund' })).rejects.toThrow('messages.not-offered');
  });
});

it.each([
  ['a text in a field for amounts', { platform: 'wechat-mini', templates: { refund: { templateId: 't', fields: { amount1: 'what' } } } }],
  [
    'an amount where there is none',
    { platform: 'alipay-mini', templates: { security: { templateId: 't', fields: { keyword1: 'amount' } } } },
  ],
  ['a topic that is none', { platform: 'alipay-mini', templates: { other: { templateId: 't', fields: {} } } }],
])('settings with %s are refused at the start', (_, wrong) => {
  expect(() => createTemplates({ apps: [{ appId: 'a', schools: ['sjtu'], ...wrong }] })).toThrow('config.invalid');
});

it('two entries for one app and school are refused, and no settings offer nothing', () => {
  const app = { platform: 'wechat-mini', appId: 'a', schools: ['sjtu'], templates: {} };
  expect(() => createTemplates({ apps: [app, app] })).toThrow('config.invalid');
  expect(createTemplates(undefined)({ platform: 'wechat-mini', appId: 'a', schoolId: 'sjtu' })).toEqual({});
});

it('a line goes to the queue with a new notice only, so that a repeat of the stream sends nothing', async () => {
  const database = createModelDatabase();
  const till = new SaleFixture(database);
  const accountNo = await till.account({ cardFen: 60_000 });
  await authorizePayment(till.deps, till.tapSale(accountNo, 10_500));
  const lines: MessageLine[] = [];
  const messages = { later: async (one: MessageLine) => void lines.push(one) };
  const deps = {
    packOf: async () => till.pack,
    clock: () => till.now,
    notices: createNotices(database),
    wishes: createNoticeWishes(database),
    messages,
  };
  const entry = (await till.all(accountNo)).find(({ kind }) => kind === 'charge');
  if (entry === undefined) throw new Error('no charge');
  expect(await tellOfEntry(deps, entry)).toBe(1);
  expect(await tellOfEntry(deps, entry)).toBe(0);
  const { schoolId } = till;
  expect(lines).toEqual([{ schoolId, accountNo, key: `large-spend/${entry.n}`, kind: 'large-spend', amountFen: 10_500, at: till.now }]);
});
