import { json, NOON, stage } from '../test/merchant';
import { answerHolds, callPartner, type PartnerRequest, sealFor } from '../test/partner-client';

let numbers = 0;

function setUp() {
  const on = stage();
  const keys = on.world.keys.banks.ccb;
  const call = async (act: string, content: Record<string, unknown>, change: Partial<PartnerRequest> = {}) => {
    const path = `/bank/ccb${act}`;
    numbers += 1;
    const requestNo = String(content.requestNo ?? `number_${numbers}`);
    const response = await callPartner(on.world, keys, on.time.clock(), {
      path,
      clientId: 'dufl',
      content: { requestNo, ...content },
      ...change,
    });
    return { ...response, requestNo, holds: answerHolds(keys, response, { path, clientId: 'dufl', requestNo }) };
  };
  const customer = on.world.bank.customer('dufl', '21000037');
  const card = customer?.cards.find(({ kind, ofTheSchoolsBank }) => kind === 'debit' && ofTheSchoolsBank);
  if (!customer || !card) throw new Error('no demo customer');
  const bind = async () => {
    numbers += 1;
    const requestNo = `binding_${numbers}`;
    const holder = { name: customer.name, idNumber: customer.idNumber, cardNumber: card.cardNumber };
    await call('/bindings/start', { requestNo, schoolId: 'dufl', sealed: sealFor(keys, { clientId: 'dufl', requestNo }, holder) });
    const code = on.world.state.sms.at(-1)?.code;
    return String(json(await call('/bindings/confirm', { requestNo, code })).agreementRef);
  };
  const control = async (
    method: 'GET' | 'POST',
    path: string,
    value?: unknown,
    query = '',
  ): Promise<Record<string, unknown> & { status: number }> => {
    const body = Buffer.from(value === undefined ? '' : JSON.stringify(value));
    const response = await on.world.answer({ method, path: `/control${path}`, query, headers: {}, body });
    return { ...json(response), status: response.status };
  };
  return { ...on, keys, call, customer, card, bind, control };
}

test('the answer is signed over the number, this sending, the status and the body', async () => {
  const { call, keys } = setUp();
  const answer = await call('/debits/query', { requestNo: 'never_sent_1' });
  expect([answer.status, json(answer)]).toEqual([200, { requestNo: 'never_sent_1', status: 'not-found' }]);
  expect(answer.holds).toBe(true);
  const asked = { path: '/bank/ccb/debits/query', clientId: 'dufl', requestNo: 'never_sent_1' };
  expect(answerHolds(keys, { ...answer, body: `${answer.body} ` }, asked)).toBe(false);
  expect(answerHolds(keys, { ...answer, status: 422 }, asked)).toBe(false);
  expect(answerHolds(keys, { ...answer, nonce: '0'.repeat(32) }, asked)).toBe(false);
  expect(answerHolds(keys, answer, { ...asked, requestNo: 'never_sent_2' })).toBe(false);
});

test.each<[string, Partial<PartnerRequest>]>([
  ['an unknown client', { clientId: 'nobody' }],
  ['a client of another bank', { clientId: 'sjtu' }],
  ['another body than was signed', { signedBody: '{}' }],
  ['another address than was signed', { signedPath: '/bank/ccb/debits/now' }],
  ['another time than was signed', { headers: { 'ecode-timestamp': String(NOON + 1) } }],
  ['another key’s name', { headers: { 'ecode-key': 'key_other' } }],
  ['no signature', { headers: { 'ecode-signature': '' } }],
  ['a short nonce', { nonce: 'x' }],
])('answers %s with an unsigned 401 and does nothing', async (_, change) => {
  const { call, world } = setUp();
  const answer = await call('/debits/query', { requestNo: 'never_sent_1' }, change);
  expect([answer.status, answer.headers['ecode-signature'], json(answer)]).toEqual([401, undefined, { code: 'bad-signature' }]);
  expect(world.state.bank.acts).toEqual({});
});

test.each([-300_001, 300_001])('refuses a request dated %i ms off, and a nonce used twice, with a signed 401', async (offset) => {
  const { call, world } = setUp();
  const stale = await call('/debits/query', {}, { timestamp: NOON + offset });
  expect([stale.status, stale.holds, json(stale).code]).toEqual([401, true, 'stale-timestamp']);
  const nonce = 'ab'.repeat(16);
  expect((await call('/debits/query', {}, { nonce })).status).toBe(200);
  expect(json(await call('/debits/query', {}, { nonce })).code).toBe('nonce-used');
  expect(Object.keys(world.state.bank.acts)).toHaveLength(1);
});

test('a request that is no JSON, lacks a number, or names no act is refused', async () => {
  const { call, world } = setUp();
  expect((await call('/debits/query', { requestNo: 'a b' })).status).toBe(400);
  expect(json(await call('/constructor', {}))).toMatchObject({ code: 'no-such-act' });
  expect(json(await call('/debits/now', { amountFen: 1.5 }))).toMatchObject({ code: 'malformed' });
  expect(
    (await world.answer({ method: 'GET', path: '/bank/ccb/debits/query', query: '', headers: {}, body: Buffer.alloc(0) })).status,
  ).toBe(405);
  expect((await world.answer({ method: 'POST', path: '/bank/none/x', query: '', headers: {}, body: Buffer.alloc(0) })).status).toBe(404);
});

test('what was sealed for another request cannot be opened', async () => {
  const { call, keys, customer, card, world } = setUp();
  const holder = { name: customer.name, idNumber: customer.idNumber, cardNumber: card.cardNumber };
  const moved = sealFor(keys, { clientId: 'dufl', requestNo: 'binding_a1' }, holder);
  for (const sealed of [moved, sealFor(world.keys.banks.boc, { clientId: 'dufl', requestNo: 'binding_b1' }, holder), null, 'x']) {
    expect(json(await call('/bindings/start', { requestNo: 'binding_b1', schoolId: 'dufl', sealed })).code).toBe('malformed');
  }
  expect(world.state.sms).toEqual([]);
});

test('the message names the bank and the purpose; the feed holds neither code nor mobile nor card', async () => {
  const { bind, call, world, card, customer } = setUp();
  const agreementRef = await bind();
  await call('/debits/start', { agreementRef, amountFen: 20_000, description: '' });
  expect(world.state.sms.map(({ text, mobile }) => [mobile, text.replace(/\d{6}/, '……')])).toEqual([
    [customer.mobile, '【中国建设银行】您正在签约校园卡快捷支付，验证码……，5分钟内有效，请勿告诉他人。'],
    [customer.mobile, '【中国建设银行】您正在向校园卡付款200.00元，验证码……，5分钟内有效，请勿告诉他人。'],
  ]);
  const feed = JSON.stringify(world.events.list());
  for (const secret of [card.cardNumber, customer.idNumber, customer.mobile, ...world.state.sms.map(({ code }) => code)]) {
    expect(feed).not.toContain(secret);
  }
});

test('a sixth code is not sent: the number is dead', async () => {
  const { bind, call, time } = setUp();
  const agreementRef = await bind();
  const { requestNo } = await call('/debits/start', { agreementRef, amountFen: 100, description: '' });
  for (let count = 2; count <= 5; count += 1) {
    await time.advance(60_000);
    expect((await call('/codes/resend', { requestNo })).status).toBe(200);
  }
  await time.advance(60_000);
  expect(json(await call('/codes/resend', { requestNo })).code).toBe('code-locked');
  expect(json(await call('/debits/query', { requestNo }))).toMatchObject({ status: 'failed', reason: 'code-locked' });
});

test('control: the demo student’s cards, a changed card, an arrival, the journal and a fault', async () => {
  const { control, call, bind, card } = setUp();
  const shown = await control('GET', '/bank/customer', undefined, 'school=dufl&number=21000037');
  expect(shown).toMatchObject({ name: '王小明', cards: expect.arrayContaining([expect.objectContaining({ bankName: '中国建设银行' })]) });
  expect((await control('GET', '/bank/customer', undefined, 'school=dufl&number=constructor')).status).toBe(400);

  await control('POST', '/bank/card', { cardNumber: card.cardNumber, balanceFen: 700 });
  expect((await control('POST', '/bank/card', { cardNumber: '123', balanceFen: 700 })).status).toBe(400);
  const agreementRef = await bind();
  expect(json(await call('/debits/now', { agreementRef, amountFen: 701, description: '' }))).toMatchObject({
    reason: 'insufficient-funds',
  });
  expect(json(await call('/debits/now', { agreementRef, amountFen: 700, description: '' }))).toMatchObject({ status: 'succeeded' });

  const arrival = { school: 'bistu', amountFen: 99_400, payer: '支付宝', reference: 'settle-1', at: '2026-11-20T09:00:00+08:00' };
  expect((await control('POST', '/bank/arrival', arrival)).status).toBe(200);
  expect((await control('POST', '/bank/arrival', { ...arrival, amountFen: -1 })).status).toBe(400);
  expect(await control('GET', '/bank/journal', undefined, 'school=bistu&day=2026-11-20')).toMatchObject({
    lines: [{ bank: 'boc', direction: 'in', amountFen: 99_400, kind: 'settlement', reference: 'settle-1' }],
    balanceFen: 100_099_400,
  });

  expect((await control('POST', '/bank/faults', { fault: 'refused', act: '/pay-outs/pay' })).switched).toHaveLength(1);
  expect(json(await call('/pay-outs/pay', { agreementRef, amountFen: 1, description: '' }))).toMatchObject({ reason: 'refused-by-bank' });
  expect(json(await call('/pay-outs/pay', { agreementRef, amountFen: 1, description: '' }))).toMatchObject({ status: 'succeeded' });
  expect((await control('POST', '/bank/faults', { fault: 'constructor' })).status).toBe(400);
  await control('POST', '/bank/faults', { fault: 'no-answer', times: null });
  expect((await call('/debits/query', {})).status).toBe(0);
  expect((await call('/debits/query', {})).status).toBe(0);
  await control('POST', '/bank/faults', { fault: null });
  expect((await call('/debits/query', {})).status).toBe(200);
  expect((await control('POST', '/bank/end-agreement', { agreementRef })).status).toBe(200);
  expect(json(await call('/debits/now', { agreementRef, amountFen: 1, description: '' }))).toMatchObject({ reason: 'binding-ended' });
});

test('a statement begins with yesterday’s balance and ends with its own, also of a day long past and with commas in names', async () => {
  const { world } = setUp();
  const arrive = (amountFen: number, at: string, payer: string) =>
    world.bank.arrive({ school: 'dufl', amountFen, payer, reference: 'r', kind: 'other', at: Date.parse(at) });
  arrive(300, '2026-11-20T23:59:59+08:00', '甲,"乙"');
  arrive(200, '2026-11-19T10:00:00+08:00', '丙');
  arrive(100, '2026-11-21T00:00:00+08:00', '丁');
  const statement = async (day: string) => {
    const response = await world.answer({
      method: 'GET',
      path: '/bank/ccb/statement.csv',
      query: `school=dufl&day=${day}`,
      headers: {},
      body: Buffer.alloc(0),
    });
    return response.body.split('\r\n').slice(1, -1);
  };
  expect((await statement('2026-11-18')).at(-1)).toBe('closing,,,,1000000.00,,,,');
  const [opening, line, closing] = await statement('2026-11-20');
  expect([opening, closing]).toEqual(['opening,,,,1000002.00,,,,', 'closing,,,,1000005.00,,,,']);
  expect(line).toMatch(/^arr_\w+,2026-11-20 23:59:59,in,3\.00,1000005\.00,other,r,"甲,""乙""",$/);
  expect((await statement('2026-11-21')).at(-1)).toBe('closing,,,,1000006.00,,,,');
});

test('with the books’ clock moved a day on, signatures and codes stay in real time and the statement is tomorrow’s', async () => {
  const { world, call, bind, control } = setUp();
  await control('POST', '/clock', { shiftMs: 86_400_000 });
  const agreementRef = await bind();
  expect(json(await call('/debits/start', { agreementRef, amountFen: 1, description: '' })).expiresAt).toBe(
    '2026-11-21T12:05:00.000+08:00',
  );
  expect(json(await call('/debits/now', { agreementRef, amountFen: 2, description: '' })).at).toBe('2026-11-22T12:00:00.000+08:00');
  expect(world.bank.journal('dufl', '2026-11-22')).toHaveLength(1);
});
