import { createSign } from 'node:crypto';
import { beijingText } from '../lib/beijing';
import { ALIPAY_NOTIFY, callAlipay, json, NOON, noticeSignatureHolds, stage, verifiedNode } from '../test/merchant';

const PRODUCT = { personal_product_code: 'GENERAL_WITHHOLDING_P', sign_scene: 'INDUSTRY|EDU' };
const SIGN = { ...PRODUCT, external_agreement_no: 'contract1', external_logon_id: '20260001', access_params: { channel: 'ALIPAYAPP' } };

function setUp() {
  const on = stage();
  const { world, time } = on;
  const person = world.addPerson('甲').id;
  const ask = async (method: string, bizContent: unknown) =>
    verifiedNode(
      world,
      await callAlipay(world, {
        method,
        bizContent,
        more: { notify_url: ALIPAY_NOTIFY },
        common: { timestamp: beijingText(time.clock()) },
      }),
      `${method.replaceAll('.', '_')}_response`,
    );
  /** As sdkExecute of the vendor's SDK writes it for my.paySignCenter. */
  const signStr = (bizContent: unknown = SIGN, method = 'alipay.user.agreement.page.sign') => {
    const fields: Record<string, string> = {
      app_id: world.keys.alipay.miniProgramAppId,
      biz_content: JSON.stringify(bizContent),
      charset: 'utf-8',
      method,
      notify_url: ALIPAY_NOTIFY,
      sign_type: 'RSA2',
      timestamp: beijingText(NOON),
      version: '1.0',
    };
    const text = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
    const sign = createSign('RSA-SHA256').update(text.join('&')).sign(world.keys.alipay.app.privateKeyPem, 'base64');
    return new URLSearchParams({ ...fields, sign }).toString();
  };
  const agree = async (outcome: 'agreed' | 'refused' = 'agreed') => {
    const opening = world.consents.openAlipay({ signStr: signStr() }, undefined);
    if ('refusal' in opening) throw new Error(opening.refusal);
    return world.consents.answer(opening.consent.id, outcome);
  };
  const sign = async () => {
    await agree();
    return String((await ask('alipay.user.agreement.query', { ...PRODUCT, external_agreement_no: 'contract1' })).agreement_no);
  };
  const pay = (agreement_no: string, overrides = {}) =>
    ask('alipay.trade.pay', {
      out_trade_no: 'deduct_000001',
      total_amount: '50.00',
      subject: '自动充值',
      product_code: 'GENERAL_WITHHOLDING',
      agreement_params: { agreement_no },
      ...overrides,
    });
  const query = () => ask('alipay.trade.query', { out_trade_no: 'deduct_000001' });
  return { ...on, person, ask, signStr, agree, sign, pay, query };
}

test('an agreement exists once the payer has agreed; a signed notice tells of it and of its end', async () => {
  const { world, time, received, person, ask, agree, sign } = setUp();
  const named = { ...PRODUCT, external_agreement_no: 'contract1' };
  expect(await ask('alipay.user.agreement.query', named)).toMatchObject({ sub_code: 'USER_AGREEMENT_NOT_EXIST' });
  expect(await agree('refused')).toMatchObject({ state: 'refused', result: { resultStatus: '6001' } });
  expect(await ask('alipay.user.agreement.query', named)).toMatchObject({ sub_code: 'USER_AGREEMENT_NOT_EXIST' });
  const agreement_no = await sign();
  const principal_open_id = world.openid('alipay', world.keys.alipay.miniProgramAppId, person);
  expect(await ask('alipay.user.agreement.query', { agreement_no })).toMatchObject({
    status: 'NORMAL',
    external_logon_id: '20260001',
    principal_open_id,
  });
  const other = { ...named, alipay_open_id: '0somebody' };
  expect(await ask('alipay.user.agreement.query', other)).toMatchObject({ sub_code: 'USER_AGREEMENT_NOT_EXIST' });
  await time.advance(0);
  expect(await ask('alipay.user.agreement.unsign', { agreement_no })).toMatchObject({ code: '10000' });
  expect(await ask('alipay.user.agreement.unsign', { agreement_no })).toMatchObject({ sub_code: 'USER_AGREEMENT_NOT_EXIST' });
  await time.advance(0);
  const forms = received.map((notice) => new URLSearchParams(notice.body.toString()));
  expect(forms.map((form) => [form.get('notify_type'), form.get('status'), form.get('external_agreement_no')])).toEqual([
    ['dut_user_sign', 'NORMAL', 'contract1'],
    ['dut_user_unsign', 'UNSIGN', 'contract1'],
  ]);
  expect(received.every((notice) => noticeSignatureHolds(world, notice))).toBe(true);
});

test('the page of consent refuses other parameters than signed ones of its method', async () => {
  const { world, signStr, agree } = setUp();
  for (const parameters of [
    {},
    { signStr: 'x=1' },
    { signStr: signStr().replace('20260001', '20260002') },
    { signStr: signStr(SIGN, 'alipay.trade.pay') },
  ]) {
    expect(world.consents.openAlipay(parameters, undefined)).toMatchObject({ refusal: expect.any(String) });
  }
  expect(world.consents.openAlipay({ signStr: encodeURIComponent(signStr()) }, undefined)).toMatchObject({
    consent: { account: '20260001' },
  });
  await agree();
  expect(world.consents.openAlipay({ signStr: signStr() }, undefined)).toMatchObject({ refusal: expect.stringContaining('已存在') });
});

test('a browser is led to the same page, where 同意并签约 signs', async () => {
  const { world } = setUp();
  const opened = await callAlipay(world, { method: 'alipay.user.agreement.page.sign', bizContent: SIGN });
  const get = (path: string) => world.answer({ method: 'GET', path, query: '', headers: {}, body: Buffer.alloc(0) });
  const first = new URL(opened.headers.location ?? '', 'http://127.0.0.1/alipay/gateway.do').pathname;
  const second = new URL((await get(first)).headers.location ?? '', `http://127.0.0.1${first}`).pathname;
  const page = await get(second);
  expect(page.body).toContain('同意并签约');
  expect(page.body).toContain('20260001');
  const agreed = await world.answer({ method: 'POST', path: `${second}/agree`, query: '', headers: {}, body: Buffer.alloc(0) });
  expect(json(agreed)).toMatchObject({ state: 'agreed', result: { resultStatus: '7000' } });
  expect((await get('/cashier/consent/nobody')).status).toBe(404);
});

test('a deduction by agreement is paid at once, told of, in the books, and refused a second time', async () => {
  const { world, time, received, sign, pay, query } = setUp();
  const agreement = await sign();
  await time.advance(0);
  received.length = 0;
  expect(await pay(agreement)).toMatchObject({
    code: '10000',
    out_trade_no: 'deduct_000001',
    total_amount: '50.00',
    gmt_payment: '2026-11-21 12:00:00',
  });
  expect(await query()).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
  expect(await pay(agreement)).toMatchObject({ sub_code: 'ACQ.TRADE_HAS_SUCCESS' });
  await time.advance(0);
  expect(received).toHaveLength(1);
  expect(world.state.journal.alipay).toHaveLength(1);
});

test('too little money leaves no trade; an ended, unknown or foreign agreement is refused', async () => {
  const { world, person, sign, pay, query, ask } = setUp();
  const agreement = await sign();
  world.contracts.setPayerFunds(person, 'alipay', 4999);
  expect(await pay(agreement)).toMatchObject({ sub_code: 'ACQ.BUYER_BALANCE_NOT_ENOUGH' });
  expect(await query()).toMatchObject({ sub_code: 'ACQ.TRADE_NOT_EXIST' });
  world.contracts.setPayerFunds(person, 'alipay', 5000);
  expect(await pay('nobody')).toMatchObject({ sub_code: 'ACQ.AGREEMENT_NOT_EXIST' });
  await ask('alipay.user.agreement.unsign', { agreement_no: agreement });
  expect(await pay(agreement)).toMatchObject({ sub_code: 'ACQ.AGREEMENT_INVALID' });
  expect(world.state.payerFunds[person]?.alipay).toBe(5000);
});

test('one under way is 10003 and ends paid or closed', async () => {
  const { world, person, sign, pay, query, ask } = setUp();
  const agreement = await sign();
  world.contracts.planDeductions({ afterMs: 0, held: true });
  expect(await pay(agreement)).toMatchObject({ code: '10003' });
  expect(await query()).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' });
  expect(world.contracts.settleDeduction('alipay', 'deduct_000001')).toBe(true);
  expect(await query()).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
  await pay(agreement, { out_trade_no: 'deduct_000002' });
  world.contracts.setPayerFunds(person, 'alipay', 0);
  expect(world.contracts.settleDeduction('alipay', 'deduct_000002')).toBe(true);
  expect(await ask('alipay.trade.query', { out_trade_no: 'deduct_000002' })).toMatchObject({ trade_status: 'TRADE_CLOSED' });
  expect(world.contracts.settleDeduction('alipay', 'deduct_000002')).toBe(false);
});
