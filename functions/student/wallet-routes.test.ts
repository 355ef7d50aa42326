import { AppError, type ErrorCode } from '../../shared/errors';
import { fen } from '../../shared/money';
import { topUpDraft } from '../domain/account-changes';
import { verifyPassbook } from '../domain/verify-passbook';
import { codeOf } from '../test/student-world';
import { ID_NUMBER, WalletWorld } from '../test/wallet-world';

const MINUTE = 60_000;

describe('binding the own debit card', () => {
  it('opens the wallet with the bank’s code, and a repeat is the same binding (DL-09, DL-12)', async () => {
    const world = await WalletWorld.create();
    const requestId = world.requestId();
    const { status, body } = await world.startBinding({ requestId });
    expect([status, body.code.maskedMobile]).toEqual([200, '199****0000']);
    expect((await world.startBinding({ requestId })).body).toEqual(body);
    const confirm = () => world.ask('POST', `/bank-card/bindings/${body.bindingNo}/confirm`, { code: world.bank.codeOf(body.bindingNo) });
    const [one, two] = await Promise.all([confirm(), confirm()]);
    expect([one.body, two.body, (await confirm()).body]).toEqual(
      Array(3).fill({ card: expect.objectContaining({ cardTail: '6789', bankName: '中国建设银行', state: 'bound' }) }),
    );
    expect(await world.kinds()).toEqual(['wallet-opened']);
    expect((await world.head()).state.walletOpen).toBe(true);
    expect(codeOf(await world.startBinding())).toBe('bank.already-bound');
  });

  it('keeps neither ID nor card number nor the agreement in the clear', async () => {
    const world = await WalletWorld.create();
    const { body } = await world.startBinding({ cardNumber: '6217000000006789' });
    await world.ask('POST', `/bank-card/bindings/${body.bindingNo}/confirm`, { code: world.bank.codeOf(body.bindingNo) });
    const row = await world.deps.bankCards.find('dufl', world.holder.accountNo);
    const kept = JSON.stringify([row, await world.deps.bankBindings.find('dufl', body.bindingNo), await world.head()]);
    for (const secret of [ID_NUMBER, '6217000000006789', 'agr_1']) expect(kept).not.toContain(secret);
  });

  it.each([
    ['somebody else’s ID', { idNumber: '110101199001011234' }, 'bank.card-not-own'],
    ['a credit card', { cardNumber: '4000000000000000' }, 'bank.card-not-debit'],
    ['another bank’s card', { cardNumber: '5000000000000000' }, 'bank.card-other-bank'],
    ['no ID at all', { idNumber: '12' }, 'request.malformed'],
  ])('refuses %s, and the same request may be corrected (DL-11)', async (_, wrong, code) => {
    const world = await WalletWorld.create();
    const requestId = world.requestId();
    expect(codeOf(await world.startBinding({ requestId, ...wrong }))).toBe(code);
    expect((await world.startBinding({ requestId })).status).toBe(200);
    expect(await world.kinds()).toEqual([]);
  });

  it('says how many tries are left, then locks; and resends after the countdown', async () => {
    const world = await WalletWorld.create();
    const { body } = await world.startBinding();
    const path = `/bank-card/bindings/${body.bindingNo}`;
    expect(codeOf(await world.ask('POST', `${path}/code`, {}))).toBe('bank.code-too-soon');
    const heard = await world.ask('POST', `${path}/confirm`, { code: '0000' });
    expect([codeOf(heard), heard.body.error.detail.triesLeft]).toEqual(['bank.code-wrong', 4]);
    world.later(MINUTE);
    expect((await world.ask('POST', `${path}/code`, {})).status).toBe(200);
    for (let wrong = 0; wrong < 3; wrong += 1) await world.ask('POST', `${path}/confirm`, { code: '0000' });
    expect(codeOf(await world.ask('POST', `${path}/confirm`, { code: '0000' }))).toBe('bank.code-locked');
    expect(codeOf(await world.ask('POST', '/bank-card/bindings/nobodys_number/confirm', { code: '0000' }))).toBe('bank.binding-unknown');
  });

  it('needs a changed password and a second proof', async () => {
    const world = await WalletWorld.create();
    const holder = await world.student.deps.holders.find('dufl', world.holder.accountNo);
    if (holder === undefined) throw new Error('no holder');
    await world.student.deps.holders.save({ ...holder, provenAt: null });
    expect(codeOf(await world.startBinding())).toBe('auth.second-proof-required');
    await world.student.deps.holders.save({ ...holder, version: holder.version + 1, passwordHash: null });
    expect(codeOf(await world.startBinding())).toBe('auth.password-change-required');
  });

  it('locks whoever tries out the ID of a stranger', async () => {
    const world = await WalletWorld.create();
    const wrong = () => world.startBinding({ idNumber: '110101199001011234' });
    const heard: string[] = [];
    for (let tries = 0; tries < 8; tries += 1) heard.push(codeOf(await wrong()));
    expect(heard.at(-1)).toBe('auth.locked');
    expect(world.bank.calls).toEqual([]);
  });

  it('survives a function that dies at any write of the confirmation', async () => {
    for (const when of ['before', 'after'] as const) {
      const world = await WalletWorld.create();
      const { body } = await world.startBinding();
      const confirm = () => world.ask('POST', `/bank-card/bindings/${body.bindingNo}/confirm`, { code: world.bank.codeOf(body.bindingNo) });
      world.student.crashAt(1, when);
      expect((await confirm()).status).toBe(500);
      world.student.recover();
      expect((await confirm()).body.card).toMatchObject({ cardTail: '6789' });
      expect(await world.kinds()).toEqual(['wallet-opened']);
    }
  });
});

it('DL-18: 银行卡 shows the bank and the last digits of the bound card, and nothing before it is bound', async () => {
  const world = await WalletWorld.create();
  expect((await world.ask('GET', '/bank-card')).body).toEqual({ card: null });
  await world.bind();
  expect((await world.ask('GET', '/bank-card')).body.card).toMatchObject({ state: 'bound', bankName: '中国建设银行', cardTail: '6789' });
});

it('DL-16: the home screen’s wallet is closed, open and empty, and shows its balance to the fen', async () => {
  const world = await WalletWorld.create();
  const home = async () => {
    const { walletOpen, balances } = (await world.phone.get('/student/account')).body;
    return [walletOpen, balances.walletFen, balances.cardFen];
  };
  expect(await home()).toEqual([false, 0, 0]);
  await world.bind();
  expect(await home()).toEqual([true, 0, 0]);
  await world.fill(3_891);
  expect(await home()).toEqual([true, 3_891, 0]);
});

describe('unbinding', () => {
  it('ends the binding at the bank and closes the wallet; binding again opens it', async () => {
    const world = await WalletWorld.bound();
    expect((await world.ask('DELETE', '/bank-card')).body).toEqual({ card: null });
    expect(world.bank.agreements.get('agr_1')?.ended).toBe(true);
    expect((await world.head()).state.walletOpen).toBe(false);
    expect(codeOf(await world.ask('DELETE', '/bank-card'))).toBe('bank.not-bound');
    expect((await world.bind()).status).toBe(200);
    expect(await world.kinds()).toEqual(['wallet-opened', 'wallet-closed', 'wallet-opened']);
  });

  it('is refused while the wallet holds money, or a debit is open', async () => {
    const world = await WalletWorld.bound(500);
    expect(codeOf(await world.ask('DELETE', '/bank-card'))).toBe('wallet.not-empty');
    const empty = await WalletWorld.bound();
    await empty.ask('POST', '/bank-top-ups', { requestId: empty.requestId(), target: 'wallet', amountFen: 500 });
    expect(codeOf(await empty.ask('DELETE', '/bank-card'))).toBe('bank.debit-open');
  });

  it('goes on where it died between the bank and us', async () => {
    const world = await WalletWorld.bound();
    world.student.crashAt(2, 'before');
    expect((await world.ask('DELETE', '/bank-card')).status).toBe(500);
    world.student.recover();
    expect((await world.ask('GET', '/bank-card')).body.card.state).toBe('ending');
    expect((await world.ask('DELETE', '/bank-card')).body).toEqual({ card: null });
    expect(await world.kinds()).toEqual(['wallet-opened', 'wallet-closed']);
  });
});

describe('topping up from the bank card', () => {
  it('credits the wallet once the bank’s code is given, as money that may be withdrawn (DL-20)', async () => {
    const world = await WalletWorld.bound();
    const wish = { requestId: world.requestId(), target: 'wallet', amountFen: 5_000 };
    const { body } = await world.ask('POST', '/bank-top-ups', wish);
    expect(body).toMatchObject({
      feeFen: 0,
      order: { state: 'created', amountFen: 5_000, payBy: 'bank' },
      code: { maskedMobile: '199****0000' },
    });
    expect((await world.ask('POST', '/bank-top-ups', wish)).body.order.orderNo).toBe(body.order.orderNo);
    const heard = await world.confirmTopUp(body.order.orderNo);
    expect(heard.body.order).toMatchObject({ state: 'credited', arrivedIn: 'wallet' });
    expect((await world.confirmTopUp(body.order.orderNo)).body.order).toMatchObject({ state: 'credited' });
    expect((await world.head()).state).toMatchObject({ balances: { wallet: 5_000 }, ownBankFen: 5_000 });
    expect(codeOf(await world.ask('POST', '/bank-top-ups', { ...wish, amountFen: 1 }))).toBe('request.replayed-differently');
  });

  it('quotes presets, single limit, fee and new balance (DL-34, DL-36, ST-34, ST-35)', async () => {
    const world = await WalletWorld.bound(1_500);
    const { body } = await world.ask('GET', '/bank-top-ups/quote?target=wallet&amountFen=2000');
    expect(body).toMatchObject({
      presetsFen: [5_000, 10_000, 15_000, 20_000],
      maxFen: 20_000,
      feeBasisPoints: 0,
      cardTail: '6789',
      amount: { amountFen: 2_000, feeFen: 0, debitFen: 2_000, newBalanceFen: 3_500 },
    });
  });

  it('takes the fee on top, as a leg of its own, where the school asks for one', async () => {
    const world = await WalletWorld.bound(0, (pack) => ({ ...pack, bank: { ...pack.bank, feeBasisPoints: 50 } as typeof pack.bank }));
    await world.fill(10_000);
    expect(world.bank.sumOf('debit')).toBe(10_050);
    const entry = await world.head();
    expect(entry.postings).toEqual([
      { leg: 'channel:bank-card', amountFen: -10_050 },
      { leg: 'wallet', amountFen: 10_000 },
      { leg: 'income:bank-fee', amountFen: 50 },
    ]);
    expect(entry.state.ownBankFen).toBe(10_000);
  });

  it.each<[string, unknown, ErrorCode]>([
    ['above the cap (DL-36)', 20_001, 'top-up.over-cap'],
    ['nothing', 0, 'top-up.amount-invalid'],
    ['half a fen', 0.5, 'top-up.amount-invalid'],
    ['text', '100', 'top-up.amount-invalid'],
  ])('refuses %s', async (_, amountFen, code) => {
    const world = await WalletWorld.bound();
    const heard = await world.ask('POST', '/bank-top-ups', { requestId: world.requestId(), target: 'wallet', amountFen });
    expect(codeOf(heard)).toBe(code);
    expect(world.bank.moved.size).toBe(0);
  });

  it('refuses the card where the pack has it from the wallet only, and a holder without a card (DL-09, DL-25)', async () => {
    const world = await WalletWorld.bound();
    const wish = (target: string) => ({ requestId: world.requestId(), target, amountFen: 100 });
    expect(codeOf(await world.ask('POST', '/bank-top-ups', wish('card')))).toBe('top-up.channel-not-offered');
    const unbound = await WalletWorld.create();
    expect(codeOf(await unbound.ask('POST', '/bank-top-ups', wish('wallet')))).toBe('bank.not-bound');
    expect(await unbound.kinds()).toEqual([]);
  });

  it('of a school without a wallet brings the card’s money where its top-ups arrive (ST-31)', async () => {
    const world = await WalletWorld.create(undefined, 'shanghaitech');
    await world.bind();
    expect(await world.kinds()).toEqual([]);
    const { body } = await world.ask('POST', '/bank-top-ups', { requestId: world.requestId(), target: 'card', amountFen: 100 });
    expect((await world.confirmTopUp(body.order.orderNo)).body.order).toMatchObject({ state: 'credited', arrivedIn: 'transit' });
  });

  it('counts wrong codes, tells an expired one, and a locked one ends the order', async () => {
    const world = await WalletWorld.bound();
    const start = async () =>
      (await world.ask('POST', '/bank-top-ups', { requestId: world.requestId(), target: 'wallet', amountFen: 100 })).body.order.orderNo;
    const expired = await start();
    world.later(6 * MINUTE);
    expect(codeOf(await world.confirmTopUp(expired))).toBe('bank.code-expired');
    expect((await world.ask('POST', `/bank-top-ups/${expired}/code`, {})).status).toBe(200);
    expect((await world.confirmTopUp(expired)).body.order.state).toBe('credited');
    const locked = await start();
    const heard = [];
    for (let tries = 0; tries < 5; tries += 1) heard.push(codeOf(await world.confirmTopUp(locked, '0000')));
    expect(heard).toEqual([...Array(4).fill('bank.code-wrong'), 'bank.code-locked']);
    expect((await world.confirmTopUp(locked)).body.order.state).toBe('closed');
  });

  it('is pending where the bank did not answer, and credited once by the sweep', async () => {
    const world = await WalletWorld.bound();
    const { body } = await world.ask('POST', '/bank-top-ups', { requestId: world.requestId(), target: 'wallet', amountFen: 700 });
    world.bank.after = () => {
      throw new AppError('bank.unavailable');
    };
    expect((await world.confirmTopUp(body.order.orderNo)).body.order.state).toBe('created');
    world.bank.after = () => {};
    world.later(MINUTE);
    expect((await world.sweep()).credited).toBe(1);
    expect((await world.sweep()).credited).toBe(0);
    expect((await world.head()).state.balances.wallet).toBe(700);
  });

  it('nobody confirmed is cancelled at the bank when its time is over, and stays unpaid', async () => {
    const world = await WalletWorld.bound();
    const { body } = await world.ask('POST', '/bank-top-ups', { requestId: world.requestId(), target: 'wallet', amountFen: 700 });
    world.later(32 * MINUTE);
    expect((await world.sweep()).closed).toBe(1);
    expect((await world.confirmTopUp(body.order.orderNo)).body.order.state).toBe('closed');
    expect(world.bank.sumOf('debit')).toBe(0);
  });

  it('lets another card be bound where the bank has ended the binding', async () => {
    const world = await WalletWorld.bound();
    world.bank.agreements.set('agr_1', { cardTail: '6789', ended: true });
    const heard = await world.ask('POST', '/bank-top-ups', { requestId: world.requestId(), target: 'wallet', amountFen: 700 });
    expect(codeOf(heard)).toBe('bank.binding-ended');
    expect((await world.ask('GET', '/bank-card')).body.card.state).toBe('lost');
    expect((await world.bind()).body.card.state).toBe('bound');
    expect((await world.fill(700)).body.order.state).toBe('credited');
  });
});

describe('卡片充值 from the wallet', () => {
  const start = (world: WalletWorld, amountFen: unknown, requestId = world.requestId()) =>
    world.ask('POST', '/card-top-ups', { requestId, amountFen });
  const confirm = (world: WalletWorld, transferNo: string, code: string) =>
    world.ask('POST', `/card-top-ups/${transferNo}/confirm`, { code });

  it('moves from the wallet alone with our own code, once, into what waits for the card (DL-37, DL-38)', async () => {
    const world = await WalletWorld.bound(8_000);
    const requestId = world.requestId();
    const { body } = await start(world, 5_000, requestId);
    expect(body).toMatchObject({ state: 'asked', codeBy: 'school', shortfallFen: 0 });
    expect((await start(world, 5_000, requestId)).body).toMatchObject({ transferNo: body.transferNo, state: 'asked' });
    expect(codeOf(await confirm(world, body.transferNo, '000000'))).toBe('auth.second-proof-wrong');
    const code = world.student.sent.at(-1)?.code ?? '';
    const [one, two] = await Promise.all([confirm(world, body.transferNo, code), confirm(world, body.transferNo, code)]);
    // One of two at once may find the code used up; the transfer is one.
    expect([one, two].filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(1);
    expect((await confirm(world, body.transferNo, code)).body).toMatchObject({ state: 'transferred', arrivedIn: 'transit' });
    expect((await world.head()).state).toMatchObject({ balances: { wallet: 3_000, transit: 5_000 }, ownBankFen: 8_000 });
    expect((await world.kinds()).filter((kind) => kind === 'transfer')).toHaveLength(1);
    // The holder has as much as before; the wallet has not (DL-21).
    const { entries } = (await world.ask('GET', '/wallet/entries')).body;
    expect(entries.slice(0, 2)).toMatchObject([
      { kind: 'transfer', amountFen: 0, walletFen: -5_000 },
      { kind: 'top-up', amountFen: 8_000, walletFen: 8_000 },
    ]);
  });

  it('moves once where a school asks for no code and two presses come at once', async () => {
    const world = await WalletWorld.bound(8_000, (pack) => ({
      ...pack,
      topUp: { ...pack.topUp, channels: pack.topUp.channels.map((channel) => ({ ...channel, smsCheck: false })) },
    }));
    const { body } = await start(world, 3_000);
    expect(body).toMatchObject({ codeBy: 'none', code: null });
    const heard = await Promise.all([1, 2, 3].map(() => confirm(world, body.transferNo, '0000')));
    expect(heard.map((one) => one.body.state)).toEqual(['transferred', 'transferred', 'transferred']);
    expect((await world.head()).state.balances).toMatchObject({ wallet: 5_000, transit: 3_000 });
  });

  it('draws what the wallet lacks from the bound card, in one transaction with the way on (DL-35)', async () => {
    const world = await WalletWorld.bound(3_000);
    const { body: quote } = await world.ask('GET', '/card-top-ups/quote?amountFen=5000');
    expect(quote).toMatchObject({
      shortfallFen: 2_000,
      cardTail: '6789',
      maxFen: 20_000,
      amount: { debitFen: 2_000, newBalanceFen: 5_000 },
    });
    const { body } = await start(world, 5_000);
    expect(body).toMatchObject({ state: 'asked', codeBy: 'bank', shortfallFen: 2_000, cardTail: '6789' });
    const debit = [...world.bank.moved.keys()].at(-1) ?? '';
    expect(codeOf(await confirm(world, body.transferNo, '0000'))).toBe('bank.code-wrong');
    const heard = await confirm(world, body.transferNo, world.bank.codeOf(debit));
    expect(heard.body).toMatchObject({ state: 'transferred', arrivedIn: 'transit' });
    expect((await confirm(world, body.transferNo, world.bank.codeOf(debit))).body).toMatchObject({ state: 'transferred' });
    expect(await world.kinds()).toEqual(['wallet-opened', 'top-up', 'top-up', 'transfer']);
    expect((await world.head()).state).toMatchObject({ balances: { wallet: 0, transit: 5_000 }, ownBankFen: 5_000 });
  });

  it('is on its way to the card where the bank’s word comes late, by the sweep and once', async () => {
    const world = await WalletWorld.bound(3_000);
    world.bank.fate = 'pending';
    const { body } = await start(world, 5_000);
    const debit = [...world.bank.moved.keys()].at(-1) ?? '';
    expect((await confirm(world, body.transferNo, world.bank.codeOf(debit))).body.state).toBe('pending');
    world.bank.settle(debit, 'succeeded');
    world.later(MINUTE);
    await world.sweep();
    await world.sweep();
    expect((await world.ask('GET', `/card-top-ups/${body.transferNo}`)).body).toMatchObject({ state: 'transferred' });
    expect((await world.head()).state.balances).toMatchObject({ wallet: 0, transit: 5_000 });
  });

  it('leaves the money in the wallet where that was spent meanwhile, and says so', async () => {
    const world = await WalletWorld.bound(3_000);
    const { body } = await start(world, 5_000);
    const debit = [...world.bank.moved.keys()].at(-1) ?? '';
    await world.student.append(world.holder, (head) => ({
      kind: 'adjustment',
      entryId: 'spent',
      postings: [
        { leg: 'wallet', amountFen: fen(-1) },
        { leg: 'suspense', amountFen: fen(1) },
      ],
      occurredAt: world.student.now,
      state: { ...head.state, balances: { ...head.state.balances, wallet: fen(2_999) }, ownBankFen: fen(2_999) },
    }));
    const heard = await confirm(world, body.transferNo, world.bank.codeOf(debit));
    expect(heard.body).toMatchObject({ state: 'failed', arrivedIn: 'wallet' });
    expect((await world.head()).state.balances).toMatchObject({ wallet: 4_999, transit: 0 });
  });

  it('survives a function that dies at any write, and a repeat leads to exactly one transfer', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; at <= 12; at += 1) {
        const world = await WalletWorld.bound(3_000);
        const requestId = world.requestId();
        const go = async () => {
          const { body } = await start(world, 5_000, requestId);
          const debit = [...world.bank.moved.keys()].at(-1) ?? '';
          return confirm(world, body.transferNo ?? 'none_yet_', world.bank.codeOf(debit) || '0000');
        };
        world.student.crashAt(at, when);
        await go();
        world.student.recover();
        await go();
        world.later(MINUTE);
        await world.sweep();
        expect((await world.head()).state.balances).toMatchObject({ wallet: 0, transit: 5_000 });
        expect(world.bank.sumOf('debit')).toBe(5_000);
        expect(verifyPassbook(await world.student.entries(world.holder))).toEqual([]);
      }
    }
  }, 30_000);

  it.each<[string, number, ErrorCode]>([
    ['above the single limit (DL-36)', 20_001, 'top-up.over-cap'],
    ['nothing', 0, 'top-up.amount-invalid'],
  ])('refuses %s', async (_, amountFen, code) => {
    expect(codeOf(await start(await WalletWorld.bound(1), amountFen))).toBe(code);
  });

  it('refuses above what a card may hold, and without an open wallet', async () => {
    const world = await WalletWorld.bound(8_000, (pack) => ({ ...pack, limits: { ...pack.limits, maxBalanceFen: fen(4_000) } }));
    expect(codeOf(await start(world, 4_001))).toBe('top-up.over-max-balance');
    expect(codeOf(await start(await WalletWorld.create(), 100))).toBe('wallet.not-open');
  });

  it('is nobody else’s to see', async () => {
    const world = await WalletWorld.bound(1_000);
    expect(codeOf(await world.ask('GET', '/card-top-ups/duflAAAAAAAAAAAAAAA'))).toBe('order.unknown');
  });
});

describe('提现 (DL-19)', () => {
  async function ready(walletFen = 5_000): Promise<WalletWorld> {
    const world = await WalletWorld.bound(walletFen);
    await world.saveInfo();
    return world;
  }
  const withdraw = async (world: WalletWorld, amountFen: unknown, more: object = {}) =>
    world.ask('POST', '/withdrawals', {
      requestId: world.requestId(),
      amountFen,
      proof: { kind: 'sms', value: await world.ownCode() },
      ...more,
    });

  it('pays to the bound card what it brought in, once', async () => {
    const world = await ready();
    const requestId = world.requestId();
    const heard = await withdraw(world, 3_000, { requestId, cardTail: '6789' });
    expect(heard.body).toMatchObject({ state: 'succeeded', amountFen: 3_000, cardTail: '6789' });
    // A repeat needs no second code.
    const again = await world.ask('POST', '/withdrawals', { requestId, amountFen: 3_000 });
    expect(again.body).toEqual(heard.body);
    expect(codeOf(await world.ask('POST', '/withdrawals', { requestId, amountFen: 1 }))).toBe('request.replayed-differently');
    expect(world.bank.sumOf('pay-out')).toBe(3_000);
    expect((await world.head()).state).toMatchObject({ balances: { wallet: 2_000 }, ownBankFen: 2_000 });
    expect((await world.ask('GET', `/withdrawals/${heard.body.withdrawalNo}`)).body).toEqual(heard.body);
  });

  it('never pays out what others brought in', async () => {
    const world = await ready(1_000);
    const pack = await world.deps.packOf('dufl');
    const gift = { orderNo: 'gift1', channel: 'alipay', target: 'wallet', amountFen: fen(9_000), paidAt: world.student.now } as const;
    await world.student.append(world.holder, (head) => topUpDraft(head, { ...gift, recordedAt: world.student.now }, pack));
    const heard = await withdraw(world, 1_001);
    expect([codeOf(heard), heard.body.error.detail.withdrawableFen]).toEqual(['wallet.over-withdrawable', 1_000]);
    expect((await world.ask('GET', '/wallet')).body).toMatchObject({ walletFen: 10_000, withdrawableFen: 1_000 });
    expect((await withdraw(world, 400)).body.state).toBe('succeeded');
    expect((await world.ask('GET', '/wallet')).body).toMatchObject({ walletFen: 9_600, withdrawableFen: 600 });
  });

  it('gives the money back where the bank says no, withdrawable as before', async () => {
    const world = await ready();
    world.bank.fate = 'failed';
    expect((await withdraw(world, 3_000)).body.state).toBe('returned');
    expect((await world.head()).state).toMatchObject({ balances: { wallet: 5_000 }, ownBankFen: 5_000 });
  });

  it('stays open where the bank did not answer, and is paid once whatever was lost', async () => {
    for (const lost of ['before', 'after'] as const) {
      const world = await ready();
      world.bank[lost] = (act) => {
        if (act === 'payOut') throw new AppError('bank.unavailable');
      };
      expect((await withdraw(world, 3_000)).body.state).toBe('requested');
      expect(codeOf(await world.ask('DELETE', '/bank-card'))).toBe('wallet.not-empty');
      world.bank[lost] = () => {};
      world.later(MINUTE);
      await world.sweepPayOuts();
      world.later(10 * MINUTE);
      await world.sweepPayOuts();
      expect(world.bank.sumOf('pay-out')).toBe(3_000);
      expect((await world.head()).state.balances.wallet).toBe(2_000);
    }
  });

  it.each<[string, (world: WalletWorld) => Promise<unknown>, object, ErrorCode]>([
    ['to another’s card', async () => {}, { cardTail: '0001' }, 'wallet.other-card'],
    ['without a second proof', async () => {}, { proof: undefined }, 'auth.second-proof-required'],
    ['with a wrong code', async () => {}, { proof: { kind: 'sms', value: '000000' } }, 'auth.second-proof-wrong'],
    ['of half a fen', async () => {}, { amountFen: 0.5 }, 'payment.amount-invalid'],
    ['without a card', async (world) => world.deps.bankCards.save({ ...(await bankCard(world)), state: 'ended' }), {}, 'bank.not-bound'],
  ])('is refused %s', async (_, change, wish, code) => {
    const world = await ready();
    await change(world);
    expect(codeOf(await withdraw(world, 1_000, wish))).toBe(code);
    expect(world.bank.sumOf('pay-out')).toBe(0);
    expect((await world.head()).state.balances.wallet).toBe(5_000);
  });

  it('needs the customer’s information, of an ID that is still valid (DL-22)', async () => {
    const world = await WalletWorld.bound(5_000);
    expect(codeOf(await withdraw(world, 1_000))).toBe('wallet.info-required');
    expect(codeOf(await world.saveInfo({ idExpiresOn: '2020-01-01' }))).toBe('request.malformed');
    expect(codeOf(await world.saveInfo({ occupation: 'pirate' }))).toBe('request.malformed');
    expect((await world.saveInfo()).body.status).toBe('complete');
    const kept = JSON.stringify(await world.deps.customerInfos.find('dufl', world.holder.accountNo));
    expect(kept).not.toContain('旅顺');
    expect((await withdraw(world, 1_000)).body.state).toBe('succeeded');
  });
});

async function bankCard(world: WalletWorld) {
  const card = await world.deps.bankCards.find('dufl', world.holder.accountNo);
  if (card === undefined) throw new Error('no card');
  return card;
}

describe('限额 (DL-23)', () => {
  const limits = (changes: object = {}) => ({ perTransactionFen: null, perMealPeriodFen: null, perDayFen: null, ...changes });

  it('is lowered at once, and raised with a second proof', async () => {
    const world = await WalletWorld.bound();
    expect((await world.ask('PUT', '/wallet/limits', limits({ perDayFen: 1_000 }))).body).toMatchObject({
      inForce: { perDayFen: 1_000 },
      own: { perDayFen: 1_000 },
    });
    expect((await world.ask('PUT', '/wallet/limits', limits({ perDayFen: 1_000 }))).status).toBe(200);
    expect(codeOf(await world.ask('PUT', '/wallet/limits', limits({ perDayFen: 1_001 })))).toBe('auth.second-proof-required');
    expect(codeOf(await world.ask('PUT', '/wallet/limits', limits()))).toBe('auth.second-proof-required');
    const proof = { kind: 'sms', value: await world.ownCode() };
    expect((await world.ask('PUT', '/wallet/limits', limits({ proof }))).body.inForce.perDayFen).toBeNull();
    expect((await world.kinds()).filter((kind) => kind === 'limits-changed')).toHaveLength(2);
  });

  it('stays within the school’s own', async () => {
    const world = await WalletWorld.bound(0, (pack) => ({ ...pack, limits: { ...pack.limits, perDayFen: fen(5_000) } }));
    const heard = await world.ask('PUT', '/wallet/limits', limits({ perDayFen: 5_001 }));
    expect([codeOf(heard), heard.body.error.detail]).toEqual(['limits.above-school', { limit: 'perDayFen', schoolFen: 5_000 }]);
    expect(codeOf(await world.ask('PUT', '/wallet/limits', limits({ perDayFen: -1 })))).toBe('request.malformed');
  });

  it('is the school’s alone where the school says so', async () => {
    const world = await WalletWorld.bound(0, (pack) => ({ ...pack, limits: { ...pack.limits, holderMayChange: false } }));
    expect(codeOf(await world.ask('PUT', '/wallet/limits', limits({ perDayFen: 1 })))).toBe('limits.not-changeable');
  });
});

describe('交易明细 of the wallet (DL-21)', () => {
  it('lists what touched it, newest first, 30 a page, and nothing of the card', async () => {
    const world = await WalletWorld.bound();
    for (let top = 0; top < 35; top += 1) {
      await world.fill(10 + top);
      await world.student.topUp(world.holder, 5);
    }
    const first = (await world.ask('GET', '/wallet/entries')).body;
    expect(first.entries).toHaveLength(30);
    expect(first.entries[0]).toMatchObject({ kind: 'top-up', amountFen: 44, channel: 'bank-card' });
    const second = (await world.ask('GET', `/wallet/entries?cursor=${first.nextCursor}`)).body;
    expect(second.entries.map(({ kind }: { kind: string }) => kind)).toEqual([...Array(5).fill('top-up'), 'wallet-opened']);
    expect(second.nextCursor).toBeNull();
  });
});

describe('银联认证 (DL-28)', () => {
  const check = (world: WalletWorld, cardNumber: string) =>
    world.ask('POST', '/unionpay', { requestId: world.requestId(), idNumber: ID_NUMBER, cardNumber, mobile: '13800000000' });

  it('keeps the answer and nothing else', async () => {
    const world = await WalletWorld.create();
    expect((await world.ask('GET', '/unionpay')).body).toEqual({ status: 'unlinked', checkedAt: null });
    expect((await check(world, '6217000000000001')).body.status).toBe('no-match');
    expect((await check(world, '6217000000006789')).body.status).toBe('linked');
    expect((await world.ask('GET', '/unionpay')).body.status).toBe('linked');
    const kept = JSON.stringify(await world.deps.unionpayChecks.find('dufl', world.holder.accountNo));
    expect(kept).not.toMatch(/6789|1380000|0417/);
  });

  it('counts wrong cards, and refuses a stranger’s ID before anybody is asked', async () => {
    const world = await WalletWorld.create();
    const heard: string[] = [];
    for (let tries = 0; tries < 8; tries += 1) heard.push(codeOf(await check(world, '6217000000000001')));
    expect(heard.at(-1)).toBe('auth.locked');
  });
});

it('what a school does not offer is refused by name', async () => {
  const world = await WalletWorld.create(({ bank: _, ...pack }) => ({ ...pack, wallet: { ...pack.wallet, offered: false } }));
  expect(codeOf(await world.startBinding())).toBe('bank.not-offered');
  expect(codeOf(await world.ask('GET', '/wallet'))).toBe('wallet.not-offered');
  expect(codeOf(await world.ask('GET', '/card-top-ups/quote'))).toBe('top-up.channel-not-offered');
});
