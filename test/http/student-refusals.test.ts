import { request } from 'node:http';
import { errorTable } from '../../shared/errors';
import { ask, expectRefusal } from './support/ask';
import { agreedNow, codeOf, NEW_PASSWORD, Phone, type Student, studentOf, succeeded } from './support/phone';
import { Till } from './support/till';
import { type HttpWorld, startHttpWorld } from './support/world';

/** A wrong guess is counted, and that is all that a refused bind writes. */
const GUESSES = /#GUESS#/;
/** Above what any function takes, and below what the gateway in front of them does. */
const TOO_LARGE = `{"padding":"${'x'.repeat(65_536)}"}`;

let world: HttpWorld;
let nth = 0;
const newStudent = (schoolId = 'shanghaitech'): Promise<Student> => {
  nth += 1;
  return studentOf(world, schoolId, nth);
};
const signedIn = async (platform?: 'wechat-mini' | 'alipay-mini'): Promise<Phone> => {
  const phone = new Phone(world, platform);
  succeeded(await phone.signIn());
  return phone;
};

function statusOf(method: string, address: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${world.stack.functionsUrl}${address}`, { method }, (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    });
    sent.on('error', reject);
    sent.end();
  });
}

beforeAll(async () => {
  world = await startHttpWorld(0);
}, 120_000);
afterAll(() => world?.stop());

describe('an unknown school', () => {
  it('is refused wherever a school is named', async () => {
    const phone = await signedIn();
    const { person } = await newStudent();
    for (const schoolId of ['atlantis', 'ATLANTIS', '__proto__', 'constructor', '%2e%2e', '学校', 'x'.repeat(300)]) {
      expectRefusal(await phone.get(`/student/schools/${encodeURIComponent(schoolId)}`), 'school.unknown');
    }
    const wish = { schoolId: 'atlantis', name: person.name, number: person.number, password: '123456', consent: agreedNow() };
    expectRefusal(await world.ledger.unchangedBy(() => phone.post('/student/bind', wish)), 'school.unknown');
  });
});

describe('binding with what does not fit', () => {
  it('answers a wrong name, a wrong number and a wrong password with the same bytes', async () => {
    const [student, other] = [await newStudent(), await newStudent()];
    const { schoolId, person, initialPassword: password } = student;
    const right = { schoolId, name: person.name, number: person.number, password, consent: agreedNow() };
    const wrong = {
      name: { ...right, name: other.person.name },
      number: { ...right, number: '9999999999' },
      password: { ...right, password: '909090' },
    };
    const answers: string[] = [];
    for (const wish of Object.values(wrong)) {
      const phone = await signedIn();
      const heard = await world.ledger.unchangedBy(() => phone.post('/student/bind', wish), GUESSES);
      expectRefusal(heard, 'auth.no-match');
      const headers = [...heard.headers].filter(([name]) => !['date', 'x-amzn-requestid'].includes(name));
      answers.push(JSON.stringify([heard.status, headers, heard.text]));
    }
    expect(new Set(answers).size).toBe(1);
  });

  it('asks for the consent to the privacy policy in force before it looks for anybody', async () => {
    const { schoolId, person, initialPassword: password } = await newStudent();
    const phone = await signedIn();
    const wish = { schoolId, name: person.name, number: person.number, password };
    for (const consent of [undefined, { ...agreedNow(), policyDay: '2020-01-01' }])
      expectRefusal(await world.ledger.unchangedBy(() => phone.post('/student/bind', { ...wish, consent })), 'auth.consent-required');
  });

  it('takes about the same time for a number that nobody has', async () => {
    const { schoolId, person } = await newStudent();
    const took = async (wish: object): Promise<number> => {
      const phone = await signedIn();
      const began = performance.now();
      expectRefusal(await phone.post('/student/bind', wish), 'auth.no-match');
      return performance.now() - began;
    };
    const wish = { schoolId, name: person.name, number: person.number, password: '909090', consent: agreedNow() };
    const known = [];
    const unknown = [];
    for (let time = 0; time < 4; time += 1) {
      known.push(await took(wish));
      unknown.push(await took({ ...wish, number: `404${time}` }));
    }
    // One scrypt each, about 0.1 s and more; without it a refusal takes a tenth of that. The fastest of each says it.
    expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 3);
    expect(Math.min(...known)).toBeGreaterThan(Math.min(...unknown) / 3);
  });

  it('locks after five wrong tries for 30 minutes, and the right password as well', async () => {
    const student = await newStudent();
    const phone = await signedIn();
    for (let guess = 0; guess < 5; guess += 1) expectRefusal(await phone.bind(student, '909090'), 'auth.no-match');
    const locked = await world.ledger.unchangedBy(() => phone.bind(student, student.initialPassword));
    expectRefusal(locked, 'auth.locked');
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(1_700);
    expect(Number(locked.headers.get('retry-after'))).toBeLessThanOrEqual(1_800);
    // Another app is another guesser, and this one may guess at another account.
    expect((await (await signedIn()).bind(student, student.initialPassword)).status).toBe(200);
    expectRefusal(await phone.bind(await newStudent(), '909090'), 'auth.no-match');
  });

  it('locks a number that nobody has in the same way, with the same bytes', async () => {
    const student = await newStudent();
    const texts: string[] = [];
    for (const number of ['88888888', student.person.number]) {
      const phone = await signedIn();
      const wish = { schoolId: student.schoolId, name: student.person.name, number, password: '909090', consent: agreedNow() };
      for (let guess = 0; guess < 5; guess += 1) expectRefusal(await phone.post('/student/bind', wish), 'auth.no-match');
      const locked = await phone.post('/student/bind', wish);
      expectRefusal(locked, 'auth.locked');
      texts.push(locked.text.replace(/"retryAfterSeconds":\d+/, ''));
    }
    expect(texts[0]).toBe(texts[1]);
  });

  it('judges no more than five of a dozen guesses made at once', async () => {
    const student = await newStudent();
    const phone = await signedIn();
    const heard = await Promise.all(Array.from({ length: 12 }, (_, guess) => phone.bind(student, `90909${guess % 10}`)));
    const codes = heard.map(({ body }) => body.error.code);
    expect(codes.filter((code) => code === 'auth.no-match').length).toBeLessThanOrEqual(5);
    expect(codes.filter((code) => code !== 'auth.no-match' && code !== 'auth.locked' && code !== 'request.busy')).toEqual([]);
    expectRefusal(await phone.bind(student, student.initialPassword), 'auth.locked');
  });

  it('is refused without signing in, or with a token that is not ours', async () => {
    const student = await newStudent();
    const phone = new Phone(world);
    for (const token of ['', 'x', 'x'.repeat(43), `${'x'.repeat(43)} y`, '..', '[object Object]']) {
      phone.token = token;
      expectRefusal(await world.ledger.unchangedBy(() => phone.bind(student, student.initialPassword)), 'auth.sign-in-required');
    }
  });

  it('wants a card bound before anything about one is told', async () => {
    const phone = await signedIn();
    const closed = ['account', 'apps', 'entries?after=0', 'statement?month=2026-11', 'code-key', 'proofs', 'top-ups/x'];
    for (const path of closed) expectRefusal(await phone.get(`/student/${path}`), 'auth.bind-required');
    expectRefusal(await world.ledger.unchangedBy(() => phone.order(2_000)), 'auth.bind-required');
  });
});

describe('a sign-in the platform refuses', () => {
  it.each(['wechat-mini', 'wechat-web', 'alipay-mini', 'alipay-web'])('leaves no session behind (%s)', async (platform) => {
    const phone = new Phone(world);
    const heard = await world.ledger.unchangedBy(() => phone.post('/student/sign-in', { platform, code: 'made-up' }));
    expectRefusal(heard, 'auth.platform-refused');
  });

  it('trades a code once', async () => {
    const phone = new Phone(world);
    const code = world.stack.sandbox.world.loginCode({ app: 'wechat', person: phone.holder });
    expect((await phone.post('/student/sign-in', { platform: 'wechat-mini', code })).status).toBe(200);
    expectRefusal(await phone.post('/student/sign-in', { platform: 'wechat-mini', code }), 'auth.platform-refused');
  });
});

describe('the amount of a top-up', () => {
  let wechat: Phone;
  let bistu: Phone;
  beforeAll(async () => {
    wechat = await new Phone(world).bound(await newStudent());
    bistu = await new Phone(world, 'alipay-mini').bound(await newStudent('bistu'));
  });
  const refusedOrder = (phone: Phone, amount: string) => {
    const channel = phone.app === 'wechat' ? 'wechat-pay' : 'alipay';
    // Written out, so that the very characters are what was meant.
    const body = `{"requestId":"request-0123456789abcdef","channel":"${channel}","amountFen":${amount}}`;
    return world.ledger.unchangedBy(() => phone.post('/student/top-ups', body));
  };

  it.each([
    ['zero', '0'],
    ['minus zero', '-0'],
    ['a negative', '-2000'],
    ['a third decimal of a yuan', '2000.5'],
    ['a fraction that rounds to a whole', '2000.00000000000001e0'],
    ['scientific notation that is whole', '2e3'],
    ['scientific notation, upper case', '2E3'],
    ['scientific notation with a point', '2.0e3'],
    ['scientific notation under a name with escapes', '2000,"amount\\u0046en":2e3'],
    ['scientific notation beyond every integer', '1e21'],
    ['scientific notation beyond every number', '1e999'],
    ['scientific notation as text', '"1e3"'],
    ['digits as text', '"2000"'],
    ['yuan as text', '"20.00"'],
    ['full-width digits', '"２０００"'],
    ['empty text', '""'],
    ['null', 'null'],
    ['true', 'true'],
    ['a list', '[2000]'],
    ['an object', '{"valueOf":2000}'],
    ['a number that no double holds', '9007199254740993'],
  ])('is refused when it is %s, and no order is made', async (_what, amount) => {
    expectRefusal(await refusedOrder(wechat, amount), 'top-up.amount-invalid');
    expectRefusal(await refusedOrder(bistu, amount), 'top-up.amount-invalid');
  });

  it('is refused when it is absent', async () => {
    const body = { requestId: 'request-0123456789abcdef', channel: 'wechat-pay' };
    expectRefusal(await world.ledger.unchangedBy(() => wechat.post('/student/top-ups', body)), 'request.malformed');
  });

  it('is refused above the cap, which the answer names: 999.01 yuan at BISTU (BI-10)', async () => {
    const heard = await refusedOrder(bistu, '99901');
    expectRefusal(heard, 'top-up.over-cap');
    expect(heard.body.error.detail).toEqual({ maxFen: 99_900 });
    expectRefusal(await refusedOrder(bistu, '9007199254740991'), 'top-up.over-cap');
    expectRefusal(await refusedOrder(wechat, '5000001'), 'top-up.over-cap');
  });

  it('is refused in a channel that this app cannot pay in, or that no school has', async () => {
    for (const channel of ['alipay', 'bank-card', 'cash-machine']) {
      expectRefusal(await world.ledger.unchangedBy(() => wechat.order(2_000, channel)), 'top-up.channel-not-offered');
    }
    expectRefusal(await world.ledger.unchangedBy(() => wechat.order(2_000, 'bitcoin')), 'request.malformed');
  });

  it('cannot be changed under a request id that was used', async () => {
    const order = (amountFen: number) =>
      wechat.post('/student/top-ups', { requestId: 'request-used-twice-1', amountFen, channel: 'wechat-pay' });
    const { orderNo } = succeeded(await order(2_000));
    expect(succeeded(await order(2_000)).orderNo).toBe(orderNo);
    expectRefusal(await world.ledger.unchangedBy(() => order(2_001)), 'request.replayed-differently');
  });

  it('is kept from whoever asks about an order of somebody else', async () => {
    const { orderNo } = succeeded(await wechat.order(2_000));
    const stranger = await new Phone(world).bound(await newStudent());
    expectRefusal(await stranger.get(`/student/top-ups/${orderNo}`), 'order.unknown');
    expectRefusal(await bistu.get(`/student/top-ups/${orderNo}`), 'order.unknown');
    expectRefusal(await wechat.get(`/student/top-ups/${orderNo}x`), 'order.unknown');
    expect(succeeded(await wechat.get(`/student/top-ups/${orderNo}`)).state).toBe('created');
  });
});

describe('an initial password', () => {
  it('may look and top up, and gets no key of codes until it is changed with a second proof', async () => {
    const student = await newStudent();
    const phone = await new Phone(world).bound(student);
    expect(succeeded(await phone.get('/student/account'))).toMatchObject({
      passwordIsInitial: true,
      capabilities: { showPaymentCode: false, cancelLoss: false },
    });
    await phone.topUp(1_000);
    expect(succeeded(await phone.get('/student/account')).balances.transitFen).toBe(1_000);
    expectRefusal(await world.ledger.unchangedBy(() => phone.get('/student/code-key')), 'auth.password-change-required');

    const change = (rest: object) =>
      phone.post('/student/password', { oldPassword: student.initialPassword, newPassword: NEW_PASSWORD, ...rest });
    expectRefusal(await world.ledger.unchangedBy(() => change({}), GUESSES), 'auth.second-proof-required');
    expectRefusal(await change({ proof: { kind: 'id-tail', value: '000000' } }), 'auth.second-proof-wrong');
    expectRefusal(await change({ newPassword: '111111' }), 'auth.password-weak');
    expectRefusal(await change({ newPassword: '７３０５１８' }), 'auth.password-weak');
    expectRefusal(await change({ oldPassword: '909090' }), 'auth.wrong-password');
    expectRefusal(await phone.get('/student/code-key'), 'auth.password-change-required');
    // A loss can be reported with it, but not taken back.
    const password = student.initialPassword;
    expect(succeeded(await phone.post('/student/loss', { password, keepCodes: true })).reportedAt).toMatch(/^2\d{3}-/);
    const proof = { kind: 'id-tail', value: student.person.idTail };
    const takenBack = await world.ledger.unchangedBy(() => phone.post('/student/loss/cancel', { password, proof }), GUESSES);
    expectRefusal(takenBack, 'auth.password-change-required');

    succeeded(await change({ proof }));
    expect(await phone.code()).toMatch(/^91\d{22}$/);
  });
});

describe('what is kept of a holder', () => {
  it('is copied or deleted with both proofs only, not deleted while money is left, and a wish is taken back', async () => {
    const student = await newStudent();
    const phone = await new Phone(world).able(student);
    const proofs = { password: NEW_PASSWORD, proof: { kind: 'id-tail', value: student.person.idTail } };
    const ask = (what: 'export' | 'deletion', body: object) => phone.post(`/student/my-data/${what}`, body);
    for (const what of ['export', 'deletion'] as const) {
      const without = await world.ledger.unchangedBy(() => ask(what, { password: NEW_PASSWORD }), GUESSES);
      expectRefusal(without, 'auth.second-proof-required');
      expectRefusal(await ask(what, {}), 'request.malformed');
    }
    expect(succeeded(await ask('export', proofs)).person).toMatchObject({ name: student.person.name, schoolId: student.schoolId });

    await phone.topUp(1_000);
    expect(succeeded(await phone.get('/student/my-data'))).toMatchObject({ deletion: null, blocks: [{ amountFen: 1_000 }] });
    expectRefusal(await world.ledger.unchangedBy(() => ask('deletion', proofs), GUESSES), 'deletion.blocked');
    const till = new Till(world, student.schoolId);
    expect((await till.charge(await phone.code(), 1_000)).body).toMatchObject({ outcome: 'charged', cardFen: 0 });
    expect(succeeded(await ask('deletion', proofs)).deletion).toMatchObject({ state: 'waiting' });
    expect(succeeded(await phone.ask('/student/my-data/deletion', { method: 'DELETE' })).deletion).toBeNull();
    // It was no mistake of a moment: the codes wait for the loss to be taken back.
    expect(succeeded(await phone.get('/student/account')).loss).toMatchObject({ codesFrozen: true });
  });
});

describe('an app removed from another', () => {
  it('is refused at once, its codes are dead, and no other app notices', async () => {
    const student = await newStudent();
    const till = new Till(world, student.schoolId);
    const keeper = await new Phone(world).able(student);
    const lost = await new Phone(world).bound(student, NEW_PASSWORD);
    await keeper.topUp(10_000);
    const key = succeeded(await lost.get('/student/code-key'));
    const { apps } = succeeded(await keeper.get('/student/apps'));
    expect(apps.map(({ current }: { current: boolean }) => current).sort()).toEqual([false, true]);
    const { bindingId } = apps.find(({ current }: { current: boolean }) => !current);
    expect((await till.charge(codeOf(key, { kind: 'card', stepsAhead: -1 }))).body).toMatchObject({ outcome: 'charged' });

    const shown = codeOf(key, { kind: 'card', stepsAhead: 0 });
    succeeded(await keeper.ask(`/student/apps/${bindingId}`, { method: 'DELETE' }));
    expectRefusal(await world.ledger.unchangedBy(() => lost.get('/student/account')), 'auth.sign-in-required');
    expectRefusal(await lost.get('/student/code-key'), 'auth.sign-in-required');
    expectRefusal(await lost.order(1_000), 'auth.sign-in-required');
    const dead = await world.ledger.unchangedBy(() => till.charge(shown));
    expect([dead.status, dead.body.reason.code]).toEqual([errorTable['code.invalid'].status, 'code.invalid']);

    expect((await till.charge(await keeper.code())).body).toMatchObject({ outcome: 'charged', cardFen: 9_800 });
    expect(succeeded(await keeper.get('/student/apps')).apps).toHaveLength(1);
    expectRefusal(await keeper.ask('/student/apps/bnd_00000000000000000000000000', { method: 'DELETE' }), 'auth.app-unknown');
    // Another account's app cannot be removed, nor be told from one that does not exist.
    const stranger = await new Phone(world).bound(await newStudent());
    const { apps: own } = succeeded(await keeper.get('/student/apps'));
    expectRefusal(await stranger.ask(`/student/apps/${own[0].bindingId}`, { method: 'DELETE' }), 'auth.app-unknown');
    expect(succeeded(await keeper.get('/student/account')).balances.cardFen).toBe(9_800);
  });
});

describe('what no app of ours would send', () => {
  const posts = ['sign-in', 'bind', 'unbind', 'password', 'top-ups', 'loss', 'loss/cancel', 'sms-code', 'sign-out', 'links/wechat'];

  it.each(posts)('is refused above 64 KB at /student/%s', async (path) => {
    const phone = await signedIn();
    expectRefusal(await world.ledger.unchangedBy(() => phone.post(`/student/${path}`, TOO_LARGE)), 'request.too-large');
  });

  it.each(['sign-in', 'bind'])('is refused as malformed JSON at /student/%s', async (path) => {
    const phone = await signedIn();
    for (const body of ['{', '', 'null', '[]', '"x"', '{"schoolId":1}', '{"a":1}}', `${'['.repeat(5_000)}`, '\u0000']) {
      expectRefusal(await world.ledger.unchangedBy(() => phone.post(`/student/${path}`, body)), 'request.malformed');
    }
    // Half a character, in the one way that is valid UTF-8.
    const half = `{"platform":"wechat-mini","code":"\\ud800","schoolId":"bistu","number":"\\ud800","name":"x","password":"x"}`;
    expectRefusal(await world.ledger.unchangedBy(() => phone.post(`/student/${path}`, half)), 'request.malformed');
    const bytes = new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]);
    expectRefusal(await phone.ask(`/student/${path}`, { method: 'POST', body: bytes }), 'request.malformed');
  });

  it('is refused as malformed JSON where a card is bound', async () => {
    const phone = await new Phone(world).bound(await newStudent());
    for (const path of ['password', 'top-ups', 'loss', 'loss/cancel']) {
      for (const body of ['{', '', 'null', '[]']) {
        expectRefusal(await world.ledger.unchangedBy(() => phone.post(`/student/${path}`, body)), 'request.malformed');
      }
    }
  });

  it('is refused at an address or with a method that is not there', async () => {
    const phone = await signedIn();
    const tries: readonly (readonly [string, string])[] = [
      ['GET', 'bind'],
      ['PUT', 'bind'],
      ['DELETE', 'account'],
      ['POST', 'account'],
      ['PATCH', 'top-ups'],
      ['GET', 'nothing'],
      ['GET', '%00'],
      ['GET', '..%2fterminal%2fcharges'],
      ['GET', 'schools/a/b'],
      ['POST', 'links/qq'],
    ];
    // `fetch` itself refuses to send this one.
    expect(await statusOf('TRACE', '/student/schools')).toBe(404);
    for (const [method, path] of tries) {
      const heard = await phone.ask(`/student/${path}`, { method });
      expect([method, path, heard.status, heard.body?.error?.code]).toEqual([
        method,
        path,
        path === 'links/qq' ? 403 : 404,
        path === 'links/qq' ? 'auth.bind-required' : 'request.not-found',
      ]);
    }
  });

  it('does not reach the prototype of anything', async () => {
    const student = await newStudent();
    const phone = await signedIn();
    const { schoolId, person, initialPassword: password } = student;
    const text = JSON.stringify({ schoolId, name: person.name, number: person.number, password, consent: agreedNow() });
    const polluted = text.replace('{', '{"__proto__":{"isAdmin":true,"bound":{"accountNo":1}},"constructor":{"prototype":{"x":1}},');
    expect((await phone.post('/student/bind', polluted)).status).toBe(200);
    const account = succeeded(await phone.get('/student/account'));
    expect(account.isAdmin).toBeUndefined();
    for (const q of ['__proto__', 'constructor', 'toString']) {
      expect(succeeded(await phone.get(`/student/schools?q=${q}`)).schools).toEqual([]);
    }
    expectRefusal(await phone.get('/student/statement?__proto__=2026-11'), 'request.malformed');
  });

  it('reads a query parameter given twice as one of the two, never as a list', async () => {
    const phone = await new Phone(world).bound(await newStudent());
    const heard = await phone.get('/student/statement?month=2026-11&month=2026-10');
    expect(['2026-10', '2026-11']).toContain(succeeded(heard).month);
    expectRefusal(await phone.get('/student/statement?month[]=2026-11'), 'request.malformed');
    expectRefusal(await phone.get('/student/statement?month=2026-13'), 'request.malformed');
    expectRefusal(await phone.get('/student/statement?month=２０２６-11'), 'request.malformed');
    expectRefusal(await phone.get('/student/entries?after=-1'), 'request.malformed');
    expectRefusal(await phone.get('/student/entries?after=1e3'), 'request.malformed');
  });

  it('binds nobody by a name that only looks like the name', async () => {
    const { schoolId, person, initialPassword: password } = await newStudent();
    const looksLike = [`${person.name}😀`, [...person.name].reverse().join(''), `${person.name}\u0301`];
    for (const name of looksLike) {
      const phone = await signedIn();
      const heard = await phone.post('/student/bind', { schoolId, name, number: person.number, password, consent: agreedNow() });
      expectRefusal(heard, 'auth.no-match');
    }
  });

  it('takes full-width digits, blanks and invisible characters as a keyboard or a copy brings them', async () => {
    const { schoolId, person, initialPassword: password } = await newStudent();
    const wide = [...person.number].map((digit) => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0)).join('');
    const phone = await signedIn();
    const heard = await phone.post('/student/bind', {
      schoolId,
      name: ` \u202e${person.name}\u200b　`,
      number: `　${wide} `,
      password,
      consent: agreedNow(),
    });
    expect(heard.status).toBe(200);
  });

  it('keeps an emoji in the name of a phone whole', async () => {
    const { schoolId, person, initialPassword: password } = await newStudent();
    const phone = await signedIn();
    const deviceLabel = '👩🏽‍🎓 \u202egnp.exe <script>';
    succeeded(
      await phone.post('/student/bind', {
        schoolId,
        name: person.name,
        number: person.number,
        password,
        deviceLabel,
        consent: agreedNow(),
      }),
    );
    expect(succeeded(await phone.get('/student/apps')).apps[0].deviceLabel).toBe(deviceLabel);
  });

  it('survives headers as long as a server takes, and says so in no other way than the gateway does', async () => {
    const heard = await ask(`${world.stack.functionsUrl}/student/schools`, { headers: { authorization: `Bearer ${'x'.repeat(6_000)}` } });
    expect(heard.status).toBe(200);
    const phone = new Phone(world);
    phone.token = 'x'.repeat(6_000);
    expectRefusal(await phone.get('/student/account'), 'auth.sign-in-required');
  });
});

describe('binding at the same moment', () => {
  it('binds one identity once, however often it is pressed', async () => {
    const student = await newStudent();
    const phone = await signedIn();
    const heard = await Promise.all(Array.from({ length: 4 }, () => phone.bind(student, student.initialPassword)));
    expect(heard.filter(({ status }) => status !== 200).map(({ body }) => body.error.code)).toEqual([]);
    expect(new Set(heard.map(({ body }) => body.bound.bindingId)).size).toBe(1);
    const { entries } = await world.passbook.entries(student.schoolId, student.accountNo, { from: 1, to: 99, limit: 99 });
    expect(entries.map(({ kind }) => kind)).toEqual(['app-bound', 'opened']);
  });

  it('binds one identity to one of two accounts', async () => {
    const [one, two] = [await newStudent(), await newStudent()];
    const phone = await signedIn();
    const heard = await Promise.all([one, two, one, two].map((student) => phone.bind(student, student.initialPassword)));
    const bound = heard.filter(({ status }) => status === 200);
    const refused = heard.filter(({ status }) => status !== 200);
    expect(new Set(bound.map(({ body }) => body.bound.bindingId)).size).toBe(1);
    expect(refused.length).toBeGreaterThanOrEqual(2);
    for (const answer of refused) expectRefusal(answer, 'auth.already-bound');
    const heads = await Promise.all([one, two].map(({ schoolId, accountNo }) => world.passbook.head(schoolId, accountNo)));
    expect(heads.map((head) => head?.n).sort()).toEqual([1, 2]);
  });

  it('gives the fourth place to one of five', async () => {
    const student = await newStudent();
    for (let app = 0; app < 3; app += 1) await new Phone(world).bound(student);
    const phones = await Promise.all(Array.from({ length: 5 }, () => signedIn()));
    const heard = await Promise.all(phones.map((phone) => phone.bind(student, student.initialPassword)));
    expect(heard.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of heard.filter(({ status }) => status !== 200)) expectRefusal(answer, 'auth.too-many-apps');
    const winner = phones[heard.findIndex(({ status }) => status === 200)];
    const { apps } = succeeded(await (winner ?? new Phone(world)).get('/student/apps'));
    expect(apps).toHaveLength(4);
  });
});
