import { callAlipay, json, stage, verifiedNode } from '../test/merchant';

const MINUTE = 60_000;

function setUp() {
  const on = stage();
  const person = on.world.addPerson('甲').id;
  const get = (path: string, parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    on.world.answer({ method: 'GET', path, query: new URLSearchParams(parameters).toString(), headers, body: Buffer.alloc(0) });
  const { miniProgram, officialAccount } = on.world.keys.wechatApps;
  const session = (overrides: Record<string, string>) =>
    get('/wechat-api/sns/jscode2session', {
      appid: miniProgram.appid,
      secret: miniProgram.secret,
      grant_type: 'authorization_code',
      ...overrides,
    });
  const code = (app: 'wechat' | 'alipay' = 'wechat', flow: 'mini-program' | 'web' = 'mini-program', who = person) =>
    String(on.world.loginCode({ app, flow, person: who }));
  return { ...on, person, get, session, code, miniProgram, officialAccount };
}

describe('WeChat code2Session', () => {
  test('gives openid and session key once; the same person has the same openid', async () => {
    const { session, code } = setUp();
    const js_code = code();
    const first = json(await session({ js_code }));
    expect(first).toEqual({ openid: expect.stringMatching(/^o[\w-]{27}$/), session_key: expect.stringMatching(/^[\w+/]{22}==$/) });
    expect(json(await session({ js_code }))).toMatchObject({ errcode: 40163, errmsg: expect.stringMatching(/^code been used, rid: /) });
    expect(json(await session({ js_code: code() })).openid).toBe(first.openid);
  });

  test('an openid is per app and per person', async () => {
    const { world, session, code, person, officialAccount } = setUp();
    const mine = json(await session({ js_code: code() })).openid;
    expect(world.openid('wechat', officialAccount.appid, person)).not.toBe(mine);
    const other = world.addPerson('乙').id;
    expect(json(await session({ js_code: code('wechat', 'mini-program', other) })).openid).not.toBe(mine);
  });

  test('a code dies after five minutes', async () => {
    const { time, session, code } = setUp();
    const [early, late] = [code(), code()];
    await time.advance(5 * MINUTE - 1);
    expect(json(await session({ js_code: early })).openid).toBeDefined();
    await time.advance(1);
    expect(json(await session({ js_code: late })).errcode).toBe(40029);
  });

  test.each<[string, Record<string, string>, number]>([
    ['no appid', { appid: '' }, 41002],
    ['no secret', { secret: '' }, 41004],
    ['no code', { js_code: '' }, 41008],
    ['an unknown appid', { appid: 'wx0' }, 40013],
    ['a wrong secret', { secret: 'x' }, 40125],
    ['an invented code', { js_code: 'x' }, 40029],
    ['another grant', { grant_type: 'client_credential' }, 40002],
  ])('refuses %s with HTTP 200 and its errcode', async (_, overrides, errcode) => {
    const { session, code } = setUp();
    const response = await session({ js_code: code(), ...overrides });
    expect(response.status).toBe(200);
    expect(json(response).errcode).toBe(errcode);
  });

  test('refuses a code of the web flow and of Alipay, and leaves them usable where they belong', async () => {
    const { session, get, code, officialAccount } = setUp();
    const web = code('wechat', 'web');
    expect(json(await session({ js_code: web })).errcode).toBe(40029);
    expect(json(await session({ js_code: code('alipay') })).errcode).toBe(40029);
    const grant = { appid: officialAccount.appid, secret: officialAccount.secret, code: web, grant_type: 'authorization_code' };
    expect(json(await get('/wechat-api/sns/oauth2/access_token', grant))).toMatchObject({ expires_in: 7200, scope: 'snsapi_base' });
  });
});

test('refuses a mini-program code at the web endpoint, and leaves it usable', async () => {
  const { session, get, code, miniProgram } = setUp();
  const js_code = code();
  const grant = { appid: miniProgram.appid, secret: miniProgram.secret, code: js_code, grant_type: 'authorization_code' };
  expect(json(await get('/wechat-api/sns/oauth2/access_token', grant)).errcode).toBe(40029);
  expect(json(await session({ js_code })).openid).toBeDefined();
});

describe('WeChat web authorization', () => {
  const REDIRECT = 'http://127.0.0.1:10086/sign-in?school=dufl';

  test('redirects at once with code and state, keeping the query of the page; the code gives the openid of the official account', async () => {
    const { world, get, person, officialAccount } = setUp();
    const asked = { appid: officialAccount.appid, redirect_uri: REDIRECT, response_type: 'code', scope: 'snsapi_base', state: 'a b&c' };
    const response = await get('/wechat-open/connect/oauth2/authorize', asked);
    expect(response.status).toBe(302);
    const back = new URL(response.headers.location ?? '');
    expect([back.origin + back.pathname, back.searchParams.get('school'), back.searchParams.get('state')]).toEqual([
      'http://127.0.0.1:10086/sign-in',
      'dufl',
      'a b&c',
    ]);
    const grant = { ...officialAccount, code: back.searchParams.get('code') ?? '', grant_type: 'authorization_code' };
    const token = json(await get('/wechat-api/sns/oauth2/access_token', grant));
    expect(token.openid).toBe(world.openid('wechat', officialAccount.appid, person));
    expect(json(await get('/wechat-api/sns/oauth2/access_token', grant)).errcode).toBe(40163);
  });

  test.each<[string, Record<string, string>]>([
    ['an unknown appid', { appid: 'wx0' }],
    ['another response type', { response_type: 'token' }],
    ['an unknown scope', { scope: 'everything' }],
    ['a redirect to a domain that is not registered', { redirect_uri: 'https://example.com/' }],
    ['a redirect that is no page', { redirect_uri: 'javascript:alert(1)' }],
  ])('shows an error page for %s', async (_, overrides) => {
    const { get, officialAccount } = setUp();
    const asked = { appid: officialAccount.appid, redirect_uri: REDIRECT, response_type: 'code', scope: 'snsapi_base', ...overrides };
    const response = await get('/wechat-open/connect/oauth2/authorize', asked);
    expect(response.headers.location).toBeUndefined();
  });

  test('a query, a header or a cookie names the person; else it is who is signed in', async () => {
    const { world, get, officialAccount } = setUp();
    const other = world.addPerson('乙').id;
    const third = world.addPerson('丙').id;
    const asked = { appid: officialAccount.appid, redirect_uri: REDIRECT, response_type: 'code', scope: 'snsapi_base' };
    const personBehind = async (parameters: Record<string, string>, headers = {}) => {
      const location = (await get('/wechat-open/connect/oauth2/authorize', { ...asked, ...parameters }, headers)).headers.location ?? '';
      return world.state.loginCodes[new URL(location).searchParams.get('code') ?? '']?.person;
    };
    expect(await personBehind({ sandbox_person: other })).toBe(other);
    expect(await personBehind({}, { 'x-sandbox-person': third })).toBe(third);
    expect(await personBehind({}, { cookie: `a=b; sandbox_person_wechat=${other}` })).toBe(other);
    world.signIn('wechat', third);
    expect(await personBehind({})).toBe(third);
  });
});

describe('Alipay', () => {
  const exchange = (world: ReturnType<typeof setUp>['world'], code: string, common = {}) =>
    callAlipay(world, { method: 'alipay.system.oauth.token', more: { grant_type: 'authorization_code', code }, common });

  test('oauth.token gives open_id without a code field, once', async () => {
    const { world, person, code } = setUp();
    const text = code('alipay');
    const node = verifiedNode(world, await exchange(world, text), 'alipay_system_oauth_token_response');
    expect(node).toMatchObject({ open_id: world.openid('alipay', world.keys.alipay.miniProgramAppId, person), expires_in: 1_296_000 });
    expect(node).not.toHaveProperty('code');
    expect(node).not.toHaveProperty('user_id');
    const again = verifiedNode(world, await exchange(world, text), 'error_response');
    expect(again).toMatchObject({ code: '40002', sub_code: 'isv.code-invalid' });
  });

  test('refuses an expired code, a WeChat code, a web code in the mini-program and another grant', async () => {
    const { world, time, code } = setUp();
    for (const text of [code('wechat'), code('alipay', 'web'), 'invented']) {
      expect(verifiedNode(world, await exchange(world, text), 'error_response').sub_code).toBe('isv.code-invalid');
    }
    const fresh = code('alipay');
    const grant = await exchange(world, fresh, { grant_type: 'refresh_token' });
    expect(verifiedNode(world, grant, 'error_response').sub_code).toBe('isv.grant-type-invalid');
    await time.advance(5 * MINUTE);
    const late = await exchange(world, fresh);
    expect(verifiedNode(world, late, 'error_response').sub_code).toBe('isv.code-invalid');
  });

  test('the web authorization redirects with auth_code, and the web app exchanges it', async () => {
    const { world, person, get } = setUp();
    const app_id = world.keys.alipay.webAppId;
    const asked = { app_id, scope: 'auth_base', redirect_uri: 'http://localhost:10086/', state: 's1' };
    const back = new URL((await get('/alipay-open/oauth2/publicAppAuthorize.htm', asked)).headers.location ?? '');
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ app_id, scope: 'auth_base', state: 's1', source: 'alipay_wallet' });
    const response = await exchange(world, back.searchParams.get('auth_code') ?? '', { app_id });
    const node = verifiedNode(world, response, 'alipay_system_oauth_token_response');
    expect(node.open_id).toBe(world.openid('alipay', app_id, person));
    const elsewhere = await get('/alipay-open/oauth2/publicAppAuthorize.htm', { ...asked, redirect_uri: 'https://example.com' });
    expect(elsewhere.headers.location).toBeUndefined();
  });
});
