import { json, NOON, stage } from '../test/merchant';
import { answerHolds, callPartner } from '../test/partner-client';

function setUp() {
  const on = stage();
  const keys = on.world.keys.utility;
  const call = async (act: string, requestNo: string, content: Record<string, unknown> = {}) => {
    const asked = { path: `/utility${act}`, clientId: 'ecode', requestNo };
    const response = await callPartner(on.world, keys, on.time.clock(), { ...asked, content: { requestNo, ...content } });
    return { ...response, holds: answerHolds(keys, response, asked) };
  };
  const control = async (
    method: 'GET' | 'POST',
    path: string,
    value?: unknown,
    query = '',
  ): Promise<Record<string, unknown> & { status: number }> => {
    const body = Buffer.from(value === undefined ? '' : JSON.stringify(value));
    const response = await on.world.answer({ method, path: `/control/utility${path}`, query, headers: {}, body });
    return { ...json(response), status: response.status };
  };
  return { ...on, call, control };
}

const ROOM = { schoolId: 'bistu', kind: 'electricity', account: '3-412' };

test('tells of an account what its payer may see, in a signed answer', async () => {
  const answer = await setUp().call('/accounts/find', 'look_up_1', ROOM);
  expect(answer.holds).toBe(true);
  expect(json(answer)).toEqual({
    requestNo: 'look_up_1',
    account: '3-412',
    maskedOwner: '学生宿舍*',
    maskedPlace: '3 号楼 4**',
    balanceFen: -320,
  });
});

test.each(['0-412', '13-412', '3-012', '3-421', '3-400', '412', ''])('knows no room %j', async (account) => {
  const { call } = setUp();
  expect(json(await call('/accounts/find', 'look_up_1', { ...ROOM, account })).code).toBe('account-unknown');
  expect(json(await call('/payments/pay', 'payment_1', { ...ROOM, account, amountFen: 100 }))).toMatchObject({ status: 'failed' });
});

test('a number pays once; a query before it makes void what was signed until then', async () => {
  const { call, time, control } = setUp();
  const pay = () => call('/payments/pay', 'payment_1', { ...ROOM, amountFen: 100 });
  expect(json(await call('/payments/query', 'payment_1')).status).toBe('not-found');
  expect((await pay()).status).toBe(425);
  await time.advance(1);
  const paid = json(await pay());
  expect(paid).toMatchObject({ status: 'succeeded', amountFen: 100, at: '2026-11-21T12:00:00.001+08:00' });
  expect(json(await pay())).toEqual(paid);
  expect(json(await call('/payments/query', 'payment_1'))).toEqual(paid);
  const other = await call('/payments/pay', 'payment_1', { ...ROOM, amountFen: 101 });
  expect([other.status, json(other).code]).toEqual([409, 'number-reused']);
  expect((await control('GET', '/account', undefined, 'school=bistu&kind=electricity&account=3-412')).balanceFen).toBe(-220);
});

test('control: a balance, a closed account, and faults that end', async () => {
  const { call, control, time } = setUp();
  const name = { school: 'bistu', kind: 'electricity', account: '3-412' };
  expect(await control('POST', '/account', { ...name, balanceFen: 10, closed: true })).toMatchObject({ balanceFen: 10, closed: true });
  expect(json(await call('/payments/pay', 'payment_1', { ...ROOM, amountFen: 100 }))).toMatchObject({ reason: 'refused-by-supplier' });
  await control('POST', '/account', { ...name, closed: false });
  await control('POST', '/faults', { fault: 'late-success', afterMs: 5_000, requestNo: 'payment_2' });
  expect(json(await call('/payments/pay', 'payment_2', { ...ROOM, amountFen: 100 })).status).toBe('processing');
  expect(json(await call('/payments/pay', 'payment_3', { ...ROOM, amountFen: 100 })).status).toBe('succeeded');
  await time.advance(5_000);
  expect(json(await call('/payments/query', 'payment_2'))).toMatchObject({ status: 'succeeded' });
  expect((await control('GET', '/payments')).payments).toHaveLength(3);
  expect((await control('POST', '/account', { ...name, account: '99' })).status).toBe(400);
  expect((await control('POST', '/faults', { fault: 'x' })).status).toBe(400);
  expect((await control('GET', '/faults')).switched).toEqual([]);
  expect(time.clock()).toBe(NOON + 5_000);
});
