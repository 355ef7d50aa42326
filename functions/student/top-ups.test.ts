import * as v from 'valibot';
import { orderReply, topUpReply } from '../../shared/api/student';
import { AppError, isAppError } from '../../shared/errors';
import { createTopUp } from '../operations/create-top-up';
import { readOrder } from '../operations/read-order';
import { createModelDatabase } from '../test/model-database';
import { TopUpFixture } from '../test/top-up-fixture';
import { topUpRoutes } from './top-ups';

const world = new TopUpFixture(createModelDatabase());
const bound = world.student().then(({ schoolId, accountNo }) => ({ schoolId, accountNo, bindingId: 'bnd_1', slot: 0 }));
const identity = { platform: 'wechat-mini', appId: 'wx0000000000000001', openid: 'oTestOpenid0000000000000001' } as const;
const app = topUpRoutes({
  holderOf: async (context) => {
    if (context.req.header('authorization') === undefined) throw new AppError('auth.sign-in-required');
    return { identity, tokenHash: '', sourceIp: '', bound: await bound };
  },
  createTopUp: (payer, wish) => createTopUp(world.deps, payer, wish),
  readOrder: (owner, orderNo) => readOrder(world.deps, owner, orderNo),
});
app.onError((error) => {
  if (isAppError(error)) return new Response(error.code, { status: 400 });
  throw error;
});

const headers = { authorization: 'Bearer x' };
const post = (body: string | Uint8Array<ArrayBuffer>) => app.request('/student/top-ups', { method: 'POST', headers, body });
const wish = (amount: string, requestId = 'request-000000000001') =>
  `{"requestId":"${requestId}","amountFen":${amount},"channel":"wechat-pay"}`;

test('makes an order and tells how it stands, as the contract says', async () => {
  const made = v.parse(topUpReply, await (await post(wish('2000'))).json());
  const read = v.parse(orderReply, await (await app.request(`/student/top-ups/${made.orderNo}`, { headers })).json());
  expect(read).toMatchObject({ orderNo: made.orderNo, amountFen: 2_000, channel: 'wechat-pay', state: 'created' });
});

test.each([
  ['in scientific notation', '2e3'],
  ['in scientific notation with a point', '2.0E+3'],
  ['with a third decimal', '20.005'],
  ['with a fraction that says nothing', '2000.5'],
  ['as text', '"2000"'],
  ['as an exponent beyond every number', '1e400'],
  ['zero', '0'],
  ['minus zero', '-0'],
  ['negative', '-2000'],
  ['null', 'null'],
])('refuses an amount %s by name', async (_, amount) => {
  expect(await (await post(wish(amount, 'request-000000000002'))).text()).toBe('top-up.amount-invalid');
});

test.each([
  ['a body that is not JSON', '{"requestId":'],
  ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
  ['no request id', '{"amountFen":2000,"channel":"wechat-pay"}'],
  ['a request id too short to be one', '{"requestId":"1","amountFen":2000,"channel":"wechat-pay"}'],
  ['a channel that does not exist', '{"requestId":"request-000000000003","amountFen":2000,"channel":"paypal"}'],
])('refuses %s as malformed', async (_, body) => {
  expect(await (await post(body)).text()).toBe('request.malformed');
});

test('asks for a sign-in before it reads anything', async () => {
  const refused = await app.request('/student/top-ups', { method: 'POST', body: '{' });
  expect(await refused.text()).toBe('auth.sign-in-required');
});
