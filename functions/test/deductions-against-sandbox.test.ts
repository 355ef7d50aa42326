import { type Fen, fen } from '../../shared/money';
import { createAlipayDeduct } from '../platforms/alipay/deduct';
import type { DeductPlatform } from '../platforms/contract';
import { createWechatDeduct } from '../platforms/wechat-pay/deduct';
import { codeOf, deps, type PlatformWorld, startPlatforms, type Vendor } from './sandbox-platforms';

/** Consent, deduction and its end: our clients against the stand-ins, over real HTTP. */
let world: PlatformWorld;

beforeAll(async () => {
  world = await startPlatforms();
});

afterAll(() => world.stop());

beforeEach(() => {
  world.sandbox.world.state.deductions = { afterMs: 0, held: false };
});

const schoolPlans = [{ schoolId: 'sjtu', planId: '101164396123311331', schoolCode: '18260256813396', deviceIp: '127.0.0.1' }];

function deductOf(vendor: Vendor): DeductPlatform {
  return vendor === 'alipay'
    ? createAlipayDeduct({ ...world.alipaySettings(), agreement: { signScene: 'INDUSTRY|EDU' } }, deps)
    : createWechatDeduct({ ...world.wechatSettings(), schoolPlans }, deps);
}

let contracts = 0;

async function newContract(vendor: Vendor) {
  contracts += 1;
  const { appId, payerOpenId } = await world.newOrder(vendor);
  return {
    schoolId: 'sjtu',
    contractNo: `sjtuC${String(contracts).padStart(14, '0')}`,
    appId,
    payerOpenId,
    number: `5210309${String(contracts).padStart(5, '0')}`,
    perDeductionMaxFen: fen(20_000),
    notifyUrl: `${world.merchant.url}/contract`,
  };
}

/** What the app makes of the parameters: it opens the page of consent. Alipay's undoes the encoding that its document asks for. */
function openConsent(vendor: Vendor, signParams: Readonly<Record<string, string>>) {
  const { consents } = world.sandbox.world;
  const opening =
    vendor === 'alipay'
      ? consents.openAlipay({ signStr: decodeURIComponent(signParams.signStr ?? '') }, world.person)
      : consents.openWechat({ presign_token: signParams.presign_token }, world.person);
  if ('refusal' in opening) throw new Error(opening.refusal);
  return opening.consent.id;
}

async function signedContract(vendor: Vendor) {
  const platform = deductOf(vendor);
  const contract = await newContract(vendor);
  const { signParams } = await platform.startContract(contract);
  world.sandbox.world.consents.answer(openConsent(vendor, signParams), 'agreed');
  const signed = await platform.queryContract(contract);
  if (signed.status !== 'signed') throw new Error(`the contract is ${signed.status}`);
  return { ...contract, agreementRef: signed.agreementRef };
}

async function orderOf(vendor: Vendor, contract: Awaited<ReturnType<typeof signedContract>>, amountFen: Fen) {
  const { merchantOrderNo, notifyUrl } = await world.newOrder(vendor);
  world.merchant.listen(merchantOrderNo, world.platformOf(vendor));
  return { ...contract, merchantOrderNo, notifyUrl, amountFen, description: '上海交通大学-自动充值-校园卡' };
}

describe.each<Vendor>(['wechat-pay', 'alipay'])('%s', (vendor) => {
  test('a contract is nobody’s until the payer agrees, and over when it is ended, however often', async () => {
    const platform = deductOf(vendor);
    const contract = await newContract(vendor);
    const { signParams } = await platform.startContract(contract);
    expect(await platform.queryContract(contract)).toEqual({ status: 'not-found', contractNo: contract.contractNo });
    world.sandbox.world.consents.answer(openConsent(vendor, signParams), 'agreed');
    const signed = await platform.queryContract(contract);
    expect(signed).toMatchObject({ status: 'signed', contractNo: contract.contractNo });
    const agreementRef = signed.status === 'signed' ? signed.agreementRef : '';
    await platform.endContract({ ...contract, agreementRef });
    await platform.endContract({ ...contract, agreementRef });
    // Alipay knows nothing any more of what has ended.
    expect(await platform.queryContract(contract)).toMatchObject({ status: vendor === 'alipay' ? 'not-found' : 'ended' });
  });

  test('a payer who declines has no contract', async () => {
    const platform = deductOf(vendor);
    const contract = await newContract(vendor);
    const { signParams } = await platform.startContract(contract);
    world.sandbox.world.consents.answer(openConsent(vendor, signParams), 'refused');
    expect(await platform.queryContract(contract)).toMatchObject({ status: 'not-found' });
  });

  test('a deduction and its repeat take the money once, and the notice says so too', async () => {
    const platform = deductOf(vendor);
    const order = await orderOf(vendor, await signedContract(vendor), fen(1_234));
    expect(await platform.queryDeduction(order)).toMatchObject({ status: 'not-found' });
    await platform.deduct(order);
    await platform.deduct(order);
    expect(await world.merchant.heardGood(order.merchantOrderNo)).toMatchObject({ status: 'paid', amountFen: 1_234 });
    expect(await platform.queryDeduction(order)).toMatchObject({
      status: 'paid',
      amountFen: 1_234,
      merchantOrderNo: order.merchantOrderNo,
    });
  });

  test('a deduction under way is pending or not paid, never more', async () => {
    const platform = deductOf(vendor);
    const order = await orderOf(vendor, await signedContract(vendor), fen(500));
    world.sandbox.world.state.deductions = { afterMs: 0, held: true };
    await platform.deduct(order);
    expect(['pending', 'not-paid']).toContain((await platform.queryDeduction(order)).status);
  });

  test('after the end of the contract nothing is taken', async () => {
    const platform = deductOf(vendor);
    const contract = await signedContract(vendor);
    await platform.endContract(contract);
    const order = await orderOf(vendor, contract, fen(500));
    expect(await codeOf(() => platform.deduct(order))).toBe('deduct.platform-refused');
    expect(await platform.queryDeduction(order)).toMatchObject({ status: 'not-found' });
  });

  test('a payer without money pays nothing', async () => {
    const platform = deductOf(vendor);
    const order = await orderOf(vendor, await signedContract(vendor), fen(500));
    const { payerFunds } = world.sandbox.world.state;
    payerFunds[world.person] = { wechat: 0, alipay: 0 };
    try {
      if (vendor === 'alipay') expect(await codeOf(() => platform.deduct(order))).toBe('deduct.platform-refused');
      else await platform.deduct(order);
      expect(['closed', 'not-found']).toContain((await platform.queryDeduction(order)).status);
      // WeChat Pay tells of a failure, too; it is no payment, and is not told again.
      if (vendor === 'wechat-pay') expect(await world.merchant.heardGood(order.merchantOrderNo)).toMatchObject({ status: 'pending' });
    } finally {
      delete payerFunds[world.person];
    }
  });

  test('an answer that was lost is found by the query', async () => {
    const platform = deductOf(vendor);
    const order = await orderOf(vendor, await signedContract(vendor), fen(777));
    try {
      world.sandbox.world.switchOutage(vendor === 'alipay' ? 'alipay' : 'wechatPay', 'answer-lost');
      expect(await codeOf(() => platform.deduct(order))).toBe('deduct.platform-unavailable');
    } finally {
      world.sandbox.world.switchOutage(vendor === 'alipay' ? 'alipay' : 'wechatPay', 'none');
    }
    expect(await platform.queryDeduction(order)).toMatchObject({ status: 'paid', amountFen: 777 });
  });
});
