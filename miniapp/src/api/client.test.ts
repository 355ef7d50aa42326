import * as v from 'valibot';
import type { HttpAnswer, HttpQuestion } from '../platform/contract';
import { type Ask, createClient } from './client';
import { Failure } from './failure';
import { studentApi } from './student-api';

const thing = v.object({ name: v.string() });
const refusal = (code: string) => ({ error: { code, messageZh: '不行', messageEn: 'No.' } });
const signInRequired: HttpAnswer = { status: 401, body: refusal('auth.sign-in-required') };
const good: HttpAnswer = { status: 200, body: { name: 'x' } };
const get: Ask = { method: 'GET', path: '/thing' };
const post: Ask = { method: 'POST', path: '/thing', body: { a: 1 } };

function rig(answers: (HttpAnswer | 'no answer')[], token = 'old') {
  const asked: HttpQuestion[] = [];
  const state = { token: token as string | undefined, signIns: 0, refuseSignIn: false, consents: 0, refuseConsent: false };
  const client = createClient({
    baseUrl: '/api',
    token: () => state.token,
    transport: async (question) => {
      asked.push(question);
      const answer = answers.shift();
      if (answer === undefined) throw new Error('asked once too often');
      if (answer === 'no answer') throw new Error('timeout');
      return answer;
    },
    consent: async () => {
      state.consents += 1;
      if (state.refuseConsent) throw new Failure('no-consent');
    },
    signInAgain: async () => {
      state.signIns += 1;
      if (state.refuseSignIn) throw new Failure('no-container');
      state.token = 'new';
    },
  });
  return { client, asked, state };
}

describe('asking the server', () => {
  it('sends the session and parses the answer by its schema', async () => {
    const { client, asked } = rig([good]);
    await expect(client(get, thing)).resolves.toEqual({ name: 'x' });
    expect(asked[0]).toMatchObject({ url: '/api/thing', method: 'GET', headers: { Authorization: 'Bearer old' } });
  });

  it('writes a query with what was given, encoded', async () => {
    const { client, asked } = rig([good]);
    await client({ ...get, query: { q: '上海 &', city: '', latitude: 38.8, cursor: undefined } }, thing);
    expect(asked[0]?.url).toBe('/api/thing?q=%E4%B8%8A%E6%B5%B7%20%26&latitude=38.8');
  });

  it('repeats a GET once when there was no answer', async () => {
    const { client, asked } = rig(['no answer', good]);
    await client(get, thing);
    expect(asked).toHaveLength(2);
  });

  it('gives up a GET after the second silence', async () => {
    const { client } = rig(['no answer', 'no answer']);
    await expect(client(get, thing)).rejects.toMatchObject({ kind: 'offline' });
  });

  it('never repeats a POST by itself: only its caller knows whether that is safe', async () => {
    const { client, asked } = rig(['no answer', good]);
    await expect(client(post, thing)).rejects.toMatchObject({ kind: 'offline' });
    expect(asked).toHaveLength(1);
  });

  it('signs in silently once when the session has expired, then repeats the request with the new one', async () => {
    const { client, asked, state } = rig([signInRequired, good]);
    await client(post, thing);
    expect(state.signIns).toBe(1);
    expect(asked.map((question) => question.headers.Authorization)).toEqual(['Bearer old', 'Bearer new']);
  });

  it('does not sign in twice for one request', async () => {
    const { client, state } = rig([signInRequired, signInRequired]);
    await expect(client(get, thing)).rejects.toMatchObject({ kind: 'refused', code: 'auth.sign-in-required' });
    expect(state.signIns).toBe(1);
  });

  it('keeps a wrong password, which is also a 401, for the form', async () => {
    const { client, state } = rig([{ status: 401, body: refusal('auth.no-match') }]);
    await expect(client(post, thing)).rejects.toMatchObject({ code: 'auth.no-match', said: { zh: '不行', en: 'No.' } });
    expect(state.signIns).toBe(0);
  });

  it('signs in first when there is no session at all', async () => {
    const { client, asked, state } = rig([good]);
    state.token = undefined;
    await client(get, thing);
    expect([state.signIns, asked.length]).toEqual([1, 1]);
  });

  it('says why when it cannot sign in', async () => {
    const { client, state } = rig([signInRequired]);
    state.refuseSignIn = true;
    await expect(client(get, thing)).rejects.toMatchObject({ kind: 'no-container' });
  });

  it('tells nobody who this is before they agreed: no sign-in and no request', async () => {
    const { client, asked, state } = rig([]);
    state.refuseConsent = true;
    await expect(client(get, thing)).rejects.toMatchObject({ kind: 'no-consent' });
    expect([asked.length, state.signIns]).toEqual([0, 0]);
  });

  it('asks without a session what any visitor may ask', async () => {
    const { client, asked, state } = rig([good]);
    state.token = undefined;
    await client({ ...get, anonymous: true }, thing);
    expect(asked[0]?.headers.Authorization).toBeUndefined();
    expect([state.signIns, state.consents]).toEqual([0, 0]);
  });

  it('finds an answer of another form unreadable, and so a page of some proxy', async () => {
    await expect(rig([{ status: 200, body: { name: 7 } }]).client(get, thing)).rejects.toMatchObject({ kind: 'unreadable' });
    await expect(rig([{ status: 502, body: '<html>' }]).client(get, thing)).rejects.toMatchObject({ kind: 'unreadable' });
  });

  it('takes 204 for an empty object', async () => {
    await expect(rig([{ status: 204, body: '' }]).client(post, v.object({}))).resolves.toEqual({});
  });
});

describe('the student API', () => {
  it('asks each endpoint by its method and path', async () => {
    const asked: string[] = [];
    const api = studentApi(async (ask) => {
      asked.push(`${ask.method} ${ask.path}${ask.anonymous ? ' anonymous' : ''}`);
      throw new Failure('offline');
    });
    const calls = [
      api.schools({ q: 'x' }),
      api.school('dufl'),
      api.authorizeUrl({ container: 'wechat-web', returnTo: '/', state: 's' }),
      api.signIn({ platform: 'wechat-mini', code: 'c' }),
      api.bind({ schoolId: 'dufl', number: '1', name: 'n', password: 'p' }),
      api.unbind(),
      api.account(),
      api.entriesAfter(3),
      api.codeKey(),
      api.topUp({ requestId: 'r', amountFen: 1, channel: 'alipay' }),
      api.order('a/b'),
      api.proofs(),
      api.smsCode(),
      api.changePassword({ oldPassword: 'a', newPassword: 'b' }),
      api.reportLoss({ keepCodes: false }),
      api.cancelLoss({ password: 'p' }),
      api.link('wechat'),
      api.unlink('alipay'),
      api.apps(),
      api.removeApp('b1'),
    ];
    await Promise.allSettled(calls);
    expect(asked).toEqual([
      'GET /student/schools anonymous',
      'GET /student/schools/dufl anonymous',
      'GET /student/sign-in/authorize-url anonymous',
      'POST /student/sign-in anonymous',
      'POST /student/bind',
      'POST /student/unbind',
      'GET /student/account',
      'GET /student/entries',
      'GET /student/code-key',
      'POST /student/top-ups',
      'GET /student/top-ups/a%2Fb',
      'GET /student/proofs',
      'POST /student/sms-code',
      'POST /student/password',
      'POST /student/loss',
      'POST /student/loss/cancel',
      'POST /student/links/wechat',
      'DELETE /student/links/alipay',
      'GET /student/apps',
      'DELETE /student/apps/b1',
    ]);
  });
});
