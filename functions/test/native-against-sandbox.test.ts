import { reconcileDay } from '../operations/reconcile-day';
import { settleDuePayOuts } from '../operations/settle-due-pay-outs';
import { createBooks } from '../store/books';
import { PAY_OUT_SHARDS } from '../store/pay-outs';
import { createReconciliations } from '../store/reconciliations';
import { createTerminals } from '../store/terminals';
import { BEHAVIOURS, everyScript, play } from './native-play';
import { KEEPERS, keys, sandboxStage } from './native-sandbox';

/** The adapters of payers' own codes against the platforms that the sandbox plays, in manual time. */

describe.each(['wechat-pay', 'alipay'] as const)('%s', (channel) => {
  it('names the payer by the openid that they sign in with', async () => {
    const { fixture, deps, code, world } = sandboxStage(channel);
    const [target, app, appId] =
      channel === 'alipay'
        ? (['alipay', 'alipay', keys.alipay.miniProgramAppId] as const)
        : (['wechat', 'wechat', keys.wechatApps.miniProgram.appid] as const);
    const openid = world.openid(app, appId, Object.keys(world.state.persons)[0] ?? '') ?? '';
    const accountNo = await fixture.till.account();
    await fixture.database.transact([fixture.links.newRow({ schoolId: 'bistu', target, appId, openid, accountNo })]);
    expect(await fixture.ask('charge', fixture.sale(code), deps)).toMatchObject({ outcome: 'charged', entry: { accountNo } });
  });

  it('a password typed in time is a sale; one that is refused by the phone is none', async () => {
    const { fixture, deps, code, world } = sandboxStage(channel);
    const paid = fixture.sale(code, 100_001);
    expect(await fixture.ask('charge', paid, deps)).toMatchObject({ outcome: 'pending' });
    fixture.later(5_000);
    world.codePay.press(fixture.orderNo(paid), 'pay');
    expect(await fixture.ask('query', paid, deps)).toMatchObject({ outcome: 'charged' });
    const other = fixture.sale(world.codePay.show(channel === 'alipay' ? 'alipay' : 'wechat') ?? '', 100_001);
    await fixture.ask('charge', other, deps);
    fixture.later(5_000);
    world.codePay.press(fixture.orderNo(other), 'cancel');
    expect(await fixture.ask('query', other, deps)).toEqual({ outcome: 'not-charged', code: 'native.refused', definite: true });
  });

  it.each([
    ['an old code', 'native.code-expired', 60_001],
    ['a payer without money', 'native.refused', 0],
  ])('%s is %s', async (_, reason, later) => {
    const { fixture, deps, code, world } = sandboxStage(channel);
    fixture.later(later);
    const person = Object.keys(world.state.persons)[0] ?? '';
    if (later === 0) world.contracts.setPayerFunds(person, channel === 'alipay' ? 'alipay' : 'wechat', 1);
    expect(await fixture.ask('charge', fixture.sale(code), deps)).toEqual({ outcome: 'not-charged', code: reason, definite: true });
  });

  it('a day of such sales, with all that can become of one, is balanced against the platform’s bill', async () => {
    const on = sandboxStage(channel);
    const { fixture, deps, world } = on;
    const app = channel === 'alipay' ? 'alipay' : 'wechat';
    const sell = async (script: Parameters<typeof world.codePay.script>[1]) => {
      world.codePay.script(KEEPERS[channel], script);
      const request = fixture.sale(world.codePay.show(app) ?? '');
      return { request, answer: await fixture.ask('charge', request, deps) };
    };
    await sell(['success']);
    const voided = await sell(['success']);
    await fixture.ask('void', voided.request, deps);
    // Paid, and heard of only after the till was told no: refunded.
    const late = await sell(['late']);
    await fixture.ask('void', late.request, deps);
    fixture.later(15_000);
    await fixture.poll(deps);
    // Paid a moment before it was reversed: the platform itself gives it back.
    const raced = await sell(['userpaying', 'systemerror', 'success']);
    await fixture.ask('void', raced.request, deps);
    fixture.later(15_000);
    await fixture.poll(deps);
    await sell(['refused']);
    expect(world.state.journal[KEEPERS[channel]]).toHaveLength(7);
    const { schoolId } = fixture.terminal;
    const terminals = createTerminals(fixture.database);
    await terminals.save(fixture.terminal);
    fixture.later(24 * 3_600_000);
    expect(await settleDuePayOuts({ ...deps, dueShards: PAY_OUT_SHARDS }, fixture.till.now + 1)).toMatchObject({ failed: [] });
    const records = await reconcileDay(
      {
        ...fixture.deps,
        ...deps,
        books: createBooks(fixture.database),
        terminals,
        bills: on.bills,
        merchantIds: on.merchantIds,
        appIds: { 'wechat-pay': new Set([deps.saleApps['wechat-pay']]), alipay: new Set([deps.saleApps.alipay]) },
        refundAppIds: deps.saleApps,
        reconciliations: createReconciliations(fixture.database),
        schools: async () => [schoolId],
        refundOrphan: () => Promise.reject(new Error('nothing is left to refund')),
        tellHealed: () => Promise.reject(new Error('nothing is left to heal')),
      },
      channel,
      '2026-11-21',
    );
    expect(records).toMatchObject([
      { schoolId, state: 'balanced', differences: 0, sums: { billCount: 7, billPaymentFen: 5_000, bookPaymentFen: 2_500 } },
    ]);
    // And what the merchant is due is the one sale that stands.
    const postings = (await fixture.guests()).flatMap((entry) => entry.postings);
    expect(postings.filter(({ leg }) => leg === 'merchant:12').reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(1_250);
  });

  // Each call is four RSA signatures: all five take minutes.
  const isFull = process.env.ECODE_FULL === '1';
  const plays = BEHAVIOURS.map((behaviour, index) => ({ ...behaviour, length: isFull ? 5 : index < 2 ? 2 : 1 }));
  it.each(plays)(
    'every order of answers up to $length, with $name: one sale or none, never kept, reversed only when allowed',
    async ({ length, ...behaviour }) => {
      const played = await everyScript(length, (script) => {
        const on = sandboxStage(channel);
        on.world.codePay.script(KEEPERS[channel], script);
        return play(on, script, behaviour);
      });
      expect(played).toBeGreaterThan(5 * length);
    },
  );
});
