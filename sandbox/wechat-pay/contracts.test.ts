import { callWechat, decryptResource, json, type Resource, stage } from '../test/merchant';

const NOTIFY = 'http://127.0.0.1:9/callbacks/deductions';

function setUp() {
  const on = stage();
  const { world, time } = on;
  const person = world.addPerson('甲').id;
  const { appid } = world.keys.wechatApps.miniProgram;
  const openid = world.openid('wechat', appid, person);
  const call = (method: string, url: string, body?: unknown) =>
    callWechat(world, time.clock(), { method, url, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const presign = async (overrides = {}) =>
    json(
      await call('POST', '/v3/eduschoolpay/contracts/presign', {
        appid,
        openid,
        plan_id: '101164396123311331',
        user_id: '20260001',
        school_id: '18260256813396',
        out_contract_code: 'contract_1',
        ...overrides,
      }),
    );
  const list = async (status = 'ADD') =>
    json(await call('GET', `/v3/eduschoolpay/users/${openid}/contracts?plan_id=101164396123311331&contract_status=${status}`));
  const sign = async () => {
    const { presign_token } = await presign();
    const opening = world.consents.openWechat({ presign_token }, undefined);
    if ('refusal' in opening) throw new Error(opening.refusal);
    expect(world.consents.answer(opening.consent.id, 'agreed')).toMatchObject({ state: 'agreed', result: { return_code: 'SUCCESS' } });
    const [contract] = (await list()).data as unknown as { contract_id: string }[];
    return contract?.contract_id ?? '';
  };
  const deduct = async (contract_id: string, overrides = {}) =>
    json(
      await call('POST', '/v3/eduschoolpay/transactions', {
        appid,
        description: '大学-食堂-自动充值',
        out_trade_no: 'deduct_000001',
        notify_url: NOTIFY,
        contract_id,
        user_id: '20260001',
        amount: { total: 5000, currency: 'CNY' },
        scene_info: { start_time: '2026-11-21T12:00:00+08:00', school_id: '18260256813396', scene_type: 'CANTEEN' },
        device_info: { device_ip: '127.0.0.1' },
        ...overrides,
      }),
    );
  const query = async () => json(await call('GET', '/v3/eduschoolpay/transactions/out-trade-no/deduct_000001'));
  const notices = () =>
    on.received.map((notice): Record<string, unknown> => {
      const body = json(notice) as unknown as { event_type: string; resource: Resource };
      return { event: body.event_type, ...(decryptResource(world, body.resource) as Record<string, unknown>) };
    });
  return { ...on, person, openid, appid, call, presign, list, sign, deduct, query, notices };
}

test('a contract exists once the payer has agreed, and ends when the merchant says so', async () => {
  const { world, call, presign, list, sign, openid } = setUp();
  await presign();
  expect((await list()).total_count).toBe(0);
  const id = await sign();
  const contract = json(await call('GET', `/v3/eduschoolpay/contracts/${id}`));
  expect(contract).toMatchObject({ contract_id: id, openid, out_contract_code: 'contract_1', contract_status: 'ADD' });
  expect(await presign()).toMatchObject({ code: 'INVALID_REQUEST' });
  expect((await call('POST', `/v3/eduschoolpay/contracts/${id}/terminate`, {})).status).toBe(204);
  expect((await call('POST', `/v3/eduschoolpay/contracts/${id}/terminate`, {})).status).toBe(204);
  expect(json(await call('GET', `/v3/eduschoolpay/contracts/${id}`)).contract_status).toBe('DELETE');
  expect([(await list()).total_count, (await list('DELETE')).total_count]).toEqual([0, 1]);
  expect((await call('GET', '/v3/eduschoolpay/contracts/nobody')).status).toBe(404);
  expect(world.events.list().map(({ kind }) => kind)).toEqual(expect.arrayContaining(['contract.signed', 'contract.ended']));
});

test('consent is given once, by the payer it is about, within two hours; refusing signs nothing', async () => {
  const { world, time, presign, list } = setUp();
  const other = world.addPerson('乙').id;
  const { presign_token } = await presign();
  expect(world.consents.openWechat({ presign_token: 'x' }, undefined)).toMatchObject({ refusal: '预签约码无效' });
  expect(world.consents.openWechat({ presign_token }, other)).toMatchObject({ refusal: /不一致/ });
  const refused = world.consents.openWechat({ presign_token }, undefined);
  const agreed = world.consents.openWechat({ presign_token }, undefined);
  if ('refusal' in refused || 'refusal' in agreed) throw new Error('refused');
  expect(world.consents.answer(refused.consent.id, 'refused')).toMatchObject({ state: 'refused' });
  expect(world.consents.answer(refused.consent.id, 'agreed')).toMatchObject({ state: 'refused' });
  expect((await list()).total_count).toBe(0);
  world.consents.answer(agreed.consent.id, 'agreed');
  world.consents.answer(agreed.consent.id, 'agreed');
  expect((await list()).total_count).toBe(1);
  expect(world.consents.openWechat({ presign_token }, undefined)).toMatchObject({ refusal: /已签约/ });
  const late = await presign({ user_id: '20260002', out_contract_code: 'contract_2' });
  await time.advance(2 * 3_600_000 + 1);
  expect(world.consents.openWechat({ presign_token: late.presign_token }, undefined)).toMatchObject({ refusal: /过期/ });
});

test('a deduction is accepted, then paid, told of and in the books; the same number is the same one', async () => {
  const { world, time, sign, deduct, query, notices } = setUp();
  const id = await sign();
  expect(await deduct(id)).toMatchObject({ trade_state: 'ACCEPTED', out_trade_no: 'deduct_000001' });
  expect(await deduct(id)).toMatchObject({ trade_state: 'ACCEPTED' });
  expect(await deduct(id, { amount: { total: 1 } })).toMatchObject({ code: 'OUT_TRADE_NO_USED' });
  expect((await query()).transaction_id).toBeUndefined();
  await time.advance(1_000);
  expect(await query()).toMatchObject({ trade_state: 'SUCCESS', transaction_id: expect.any(String), amount: { total: 5000 } });
  expect(notices()).toEqual([
    expect.objectContaining({ event: 'TRANSACTION.SUCCESS', out_trade_no: 'deduct_000001', trade_state: 'SUCCESS' }),
  ]);
  expect(world.state.journal.wechatPay).toHaveLength(1);
});

test('too little money is a failure that stays one, told of as one', async () => {
  const { world, time, person, sign, deduct, query, notices } = setUp();
  const id = await sign();
  world.contracts.setPayerFunds(person, 'wechat', 4999);
  await deduct(id);
  await time.advance(1_000);
  expect(await query()).toMatchObject({ trade_state: 'PAY_FAIL', trade_state_desc: expect.stringContaining('余额不足') });
  expect(notices()).toEqual([expect.objectContaining({ event: 'TRANSACTION.PAY_FAIL', trade_state: 'PAY_FAIL' })]);
  world.contracts.setPayerFunds(person, 'wechat', 5000);
  expect(await deduct(id)).toMatchObject({ trade_state: 'PAY_FAIL' });
  expect(await deduct(id, { out_trade_no: 'deduct_000002' })).toMatchObject({ trade_state: 'ACCEPTED' });
  expect(world.state.payerFunds[person]?.wechat).toBe(0);
  expect(world.state.journal.wechatPay).toHaveLength(1);
});

test('one held back stays accepted until it is settled', async () => {
  const { world, time, sign, deduct, query } = setUp();
  const id = await sign();
  world.contracts.planDeductions({ afterMs: 0, held: true });
  await deduct(id);
  await time.advance(86_400_000);
  expect(await query()).toMatchObject({ trade_state: 'ACCEPTED' });
  expect(world.contracts.settleDeduction('wechatPay', 'deduct_000001')).toBe(true);
  expect(world.contracts.settleDeduction('wechatPay', 'deduct_000001')).toBe(false);
  expect(await query()).toMatchObject({ trade_state: 'SUCCESS' });
});

test('refuses an ended contract, another student number, another school and an unknown contract', async () => {
  const { world, sign, deduct, call } = setUp();
  const id = await sign();
  expect(await deduct('nobody')).toMatchObject({ code: 'NOT_FOUND' });
  expect(await deduct(id, { user_id: '20269999' })).toMatchObject({ code: 'INVALID_REQUEST' });
  const scene_info = { start_time: 'x', school_id: 'other', scene_type: 'CANTEEN' };
  expect(await deduct(id, { scene_info })).toMatchObject({ code: 'INVALID_REQUEST' });
  expect(world.contracts.endByPayer('wechatPay', id)).toBe(true);
  expect(await deduct(id)).toMatchObject({ code: 'CONTRACT_TERMINATED' });
  expect((await call('GET', '/v3/eduschoolpay/transactions/out-trade-no/deduct_000001')).status).toBe(404);
  expect(world.state.journal.wechatPay).toEqual([]);
});

test('its notice is repeated after a second, then every minute, then every five', async () => {
  const { time, received, answerWith, sign, deduct } = setUp();
  answerWith(() => undefined);
  await deduct(await sign());
  await time.advance(86_400_000);
  const waits = received.slice(1).map((notice, index) => notice.at - (received[index]?.at ?? 0));
  expect(waits).toEqual([1_000, ...Array(10).fill(60_000), ...Array(10).fill(300_000)]);
});
