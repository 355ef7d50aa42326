import { demoPerson } from '../roster/people';
import { json, stage } from '../test/merchant';

function setUp() {
  const on = stage();
  const person = on.world.addPerson('甲').id;
  const corp = on.world.keys.wecom.shanghaitech ?? { corpId: '', agentId: '', secret: '' };
  const get = (path: string, query: Record<string, string>) =>
    on.world.answer({ method: 'GET', path, query: new URLSearchParams(query).toString(), headers: {}, body: Buffer.alloc(0) });
  const api = async (path: string, query: Record<string, string>) => json(await get(`/wecom-api/cgi-bin/${path}`, query));
  const token = async () => String((await api('gettoken', { corpid: corp.corpId, corpsecret: corp.secret })).access_token);
  const code = (flow: 'web' | 'mini-program') => String(on.world.loginCode({ app: 'wecom', flow, person, schoolId: 'shanghaitech' }));
  const { number, mobile } = demoPerson('shanghaitech', 'student');
  const follow = (with_ = mobile) => on.world.followCorp({ person, schoolId: 'shanghaitech', mobile: with_ });
  return { ...on, person, corp, get, api, token, code, follow, number };
}

test('SQ-01 only a mobile of the contacts follows; a member has an id, anybody else an openid', async () => {
  const { api, token, code, follow, number, corp } = setUp();
  const access_token = await token();
  expect(follow('10099999999')).toBeUndefined();
  expect(await api('auth/getuserinfo', { access_token, code: code('web') })).toMatchObject({ errcode: 0, openid: expect.any(String) });
  expect(await api('miniprogram/jscode2session', { access_token, js_code: code('mini-program') })).toMatchObject({ errcode: 60111 });
  expect(follow()).toBe(number);
  expect(await api('auth/getuserinfo', { access_token, code: code('web') })).toEqual({ errcode: 0, errmsg: 'ok', userid: number });
  const mini = await api('miniprogram/jscode2session', { access_token, js_code: code('mini-program') });
  expect(mini).toMatchObject({ errcode: 0, corpid: corp.corpId, userid: number });
});

test('a code is for one use and one flow, a token for two hours, a secret for its corp', async () => {
  const { api, token, code, follow, corp, time } = setUp();
  follow();
  const access_token = await token();
  const web = code('web');
  expect(await api('miniprogram/jscode2session', { access_token, js_code: web })).toMatchObject({ errcode: 40029 });
  expect(await api('auth/getuserinfo', { access_token, code: web })).toMatchObject({ errcode: 0 });
  expect(await api('auth/getuserinfo', { access_token, code: web })).toMatchObject({ errcode: 40029 });
  expect(await api('auth/getuserinfo', { access_token: 'x', code: web })).toMatchObject({ errcode: 40014 });
  await time.advance(7_200_000);
  expect(await api('auth/getuserinfo', { access_token, code: code('web') })).toMatchObject({ errcode: 42001 });
  expect(await api('gettoken', { corpid: corp.corpId, corpsecret: 'x' })).toMatchObject({ errcode: 40001 });
  expect(await api('gettoken', { corpid: 'ww0', corpsecret: corp.secret })).toMatchObject({ errcode: 40013 });
});
