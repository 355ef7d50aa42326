import { newTerminalKey, signedHeaders } from '../../sandbox/terminals/signed-request';
import type { TerminalPurpose } from '../../shared/api/terminal';
import { monthOf } from '../../shared/time';
import { createTerminals } from '../store/terminals';
import { renderNative } from '../terminal/render-native';
import { createTerminalNative } from '../wiring/terminal-native';
import { createModelDatabase } from './model-database';
import { ALIPAY_CODE, NativeFixture, WECHAT_CODE } from './native-fixture';
import { StudentWorld } from './student-world';

/** 核身状态 from both sides: the student's phone links, the till's signed request sells. */
test.each([
  ['DL-41 BI-08 BI-09', 'wechat', 'wechat-mini', 'wechat-pay', WECHAT_CODE, 'wxmini-a'],
  ['DL-42 DL-43 BI-12 BI-13', 'alipay', 'alipay-mini', 'alipay', ALIPAY_CODE, '2021mini-a'],
] as const)('%s: a payer is a guest until they link, and then finds the purchase in their statement', async (...row) => {
  const [, target, platform, channel, code, openid] = row;
  const world = await StudentWorld.create(createModelDatabase());
  const phone = world.phone('a', platform);
  await world.provenHolder(phone, 'bistu');
  const fixture = new NativeFixture(world.database);
  fixture.till.now = world.now;
  const key = newTerminalKey();
  await createTerminals(world.database).save({ ...fixture.terminal, publicKey: key.publicKey });
  const deps = { ...fixture.native, saleApps: { 'wechat-pay': 'wxmini', alipay: '2021mini' } };
  const till = createTerminalNative(world.database, deps);
  fixture.codePay[channel].payer = openid;
  const sell = async () => {
    fixture.codePay[channel].script = ['success'];
    const body = JSON.stringify(fixture.sale(code).body);
    const purpose: TerminalPurpose = 'charge';
    const signing = { purpose, schoolId: 'bistu', terminal: 7, attempt: 1, sentAt: fixture.till.now, body };
    const from = { sourceIp: '192.0.2.7', requestId: 'r1', query: {} };
    const headers = signedHeaders(key, signing);
    const request = { ...from, method: 'POST', path: '/terminal/native-charges', headers, rawBody: Buffer.from(body) };
    return JSON.parse(String(renderNative(await till.charge(request), fixture.till.now).body));
  };
  expect(await sell()).toMatchObject({ outcome: 'charged', definite: true, buyer: 'guest', paidBy: channel, cardFen: null });
  const month = `/student/statement?month=${monthOf(world.now)}`;
  expect((await phone.get(month)).body.entries).toEqual([]);
  expect((await phone.post(`/student/links/${target}`)).status).toBe(200);
  expect(await sell()).toMatchObject({ outcome: 'charged', buyer: 'student', amountFen: 1_250, cardFen: null });
  expect((await phone.get(month)).body.entries).toMatchObject([{ kind: 'native-charge', amountFen: -1_250, channel, runningFen: 0 }]);
});
