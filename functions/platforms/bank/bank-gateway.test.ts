import { randomBytes } from 'node:crypto';
import { fen } from '../../../shared/money';
import { fakeNetwork, noNetwork, type SentRequest, serve } from '../testing/network';
import {
  type Answering,
  answerTo,
  ed25519,
  isOurs,
  NOW,
  numberOf,
  openSealed,
  ourKeys,
  partnerKeys,
  privatePem,
  publicPem,
  rsa,
  settings,
} from '../testing/partner';
import { codeOf, everythingOf, refusalOf } from '../testing/refusals';
import { createBankGateway, createBankGateways } from './bank-gateway';

const deps = { fetch: noNetwork, now: () => NOW, randomBytes };
const debit = { requestNo: 'ord_01JD0000000000000000000001', agreementRef: 'agr_1', amountFen: fen(5_000), description: '校园卡充值' };
const holder = {
  requestNo: 'bind_0001',
  schoolId: 'dufl',
  name: '王小明',
  idNumber: '99000020020120621x',
  cardNumber: '9901 0112 0000 0000 379',
};
const paid = { status: 'succeeded', amountFen: 5_000, bankTradeNo: 'ccb1', at: '2026-11-21T12:00:00.000+08:00' };

function gateway(answer: (request: SentRequest) => Response | Promise<Response>, changes: object = {}) {
  const network = fakeNetwork(answer);
  return { sent: network.sent, bank: createBankGateway({ ...settings, ...changes }, { ...deps, fetch: network.fetch }) };
}

const answering = (content: Readonly<Record<string, unknown>>, how: Answering = {}) =>
  gateway((request) => answerTo(request, content, how));

test('signs method, path, client, time, nonce and the raw body, and reads the signed answer', async () => {
  const { bank, sent } = answering(paid);
  expect(await bank.debit(debit)).toEqual({
    status: 'succeeded',
    requestNo: debit.requestNo,
    amountFen: 5_000,
    bankTradeNo: 'ccb1',
    at: Date.UTC(2026, 10, 21, 4, 0, 0),
  });
  const [request] = sent;
  expect(request && isOurs(request)).toBe(true);
  expect(request && isOurs({ ...request, body: `${request.body} ` })).toBe(false);
  expect(request?.url.href).toBe('https://bank.example.com/ecode/v1/debits/now');
  expect(JSON.parse(request?.body ?? '')).toEqual(debit);
  expect(request?.headers.get('ecode-timestamp')).toBe(String(NOW));
  expect(request?.headers.get('ecode-nonce')).toMatch(/^[0-9a-f]{32}$/);
});

test('speaks RSA with SHA-256 where the bank’s policy wants it', async () => {
  const [ours, theirs] = [rsa(), rsa()];
  const { bank, sent } = gateway((request) => answerTo(request, paid, { keys: theirs }), {
    privateKey: privatePem(ours),
    answerKeys: [{ keyId: 'bank-1', publicKey: publicPem(theirs) }],
  });
  expect(await bank.debit(debit)).toMatchObject({ status: 'succeeded' });
  expect(sent[0] && isOurs(sent[0], ours)).toBe(true);
});

test('takes answers under the old and the new key while the bank changes it', async () => {
  const next = ed25519();
  const answerKeys = [...settings.answerKeys, { keyId: 'bank-2', publicKey: publicPem(next) }];
  const { bank } = gateway((request) => answerTo(request, paid, { keys: next, keyId: 'bank-2' }), { answerKeys });
  expect(await bank.debit(debit)).toMatchObject({ status: 'succeeded' });
});

describe('an answer says nothing', () => {
  const stranger = ed25519();
  test.each<[string, Answering, string]>([
    ['under a key we do not know', { keyId: 'bank-9' }, 'unknown-key'],
    ['signed by a stranger under the bank’s key name', { keys: stranger }, 'bad-signature'],
    ['signed with our own key', { keys: ourKeys }, 'bad-signature'],
    ['with another body than was signed', { body: '{"requestNo":"x"}' }, 'bad-signature'],
    ['with another status than was signed', { signedStatus: 422 }, 'bad-signature'],
    ['signed for another number', { requestNo: 'ord_01JD0000000000000000000002' }, 'bad-signature'],
    ['signed for another sending', { nonce: '0'.repeat(32) }, 'bad-signature'],
    ['signed for another act', { path: '/ecode/v1/debits/query' }, 'bad-signature'],
    ['signed for another client', { client: 'sjtu' }, 'bad-signature'],
    ['dated 301 s ago', { timestamp: String(NOW - 301_000) }, 'stale'],
    ['dated 301 s ahead', { timestamp: String(NOW + 301_000) }, 'stale'],
    ['dated in seconds', { timestamp: String(Math.floor(NOW / 1_000)) }, 'unsigned'],
  ])('%s', async (_, how, reason) => {
    const error = await refusalOf(() => answering(paid, how).bank.debit(debit));
    expect([error.code, error.detail?.reason]).toEqual(['bank.unavailable', reason]);
  });

  test('without a signature, whatever its status', async () => {
    for (const status of [200, 401, 404, 422, 500]) {
      const { bank } = gateway(() => Response.json({ requestNo: debit.requestNo, ...paid, code: 'card-unknown' }, { status }));
      expect(await codeOf(() => bank.debit(debit))).toBe('bank.unavailable');
    }
  });

  test.each([401, 403, 408, 425, 429, 500, 503])('with the signed status %i: another sending may have been carried out', async (status) => {
    expect(await codeOf(() => answering({ code: 'over-limit' }, { status }).bank.debit(debit))).toBe('bank.unavailable');
  });

  test.each<[string, Record<string, unknown>]>([
    ['another number in the signed body', { ...paid, requestNo: 'other_number' }],
    ['no amount', { ...paid, amountFen: undefined }],
    ['another amount than was asked for', { ...paid, amountFen: 5_001 }],
    ['an amount in yuan', { ...paid, amountFen: 50.5 }],
    ['an amount as text', { ...paid, amountFen: '5000' }],
    ['no time zone', { ...paid, at: '2026-11-21 12:00:00' }],
    ['a failure without a reason', { status: 'failed' }],
    ['no status', {}],
  ])('with %s', async (_, content) => {
    expect(await codeOf(() => answering(content).bank.debit(debit))).toBe('bank.unavailable');
  });

  test('from a bank that never answers, breaks off or sends no JSON', async () => {
    const server = await serve((request, response) => (request.url?.endsWith('query') ? response.destroy() : undefined));
    const bank = createBankGateway({ ...settings, baseUrl: server.url, timeoutMs: 100 }, { ...deps, fetch: globalThis.fetch });
    expect((await refusalOf(() => bank.debit(debit))).detail).toMatchObject({ reason: 'timeout' });
    expect((await refusalOf(() => bank.queryDebit(debit))).detail).toMatchObject({ reason: 'network' });
    await server.close();
  });
});

test('a status that is no success and no failure is pending, also “not found” of what was just asked for', async () => {
  for (const status of ['processing', 'SUCCESS', 'not-found', 'constructor']) {
    expect(await answering({ status }).bank.debit(debit)).toEqual({ status: 'pending', requestNo: debit.requestNo });
  }
  expect(await answering({ status: 'not-found' }).bank.queryDebit(debit)).toEqual({ status: 'not-found', requestNo: debit.requestNo });
  expect(await answering({ status: 'some-news' }).bank.cancelDebit(debit)).toBe('pending');
});

test.each<[string, Record<string, unknown>, string, object | undefined]>([
  ['card-not-own', {}, 'bank.card-not-own', {}],
  ['card-not-debit', {}, 'bank.card-not-debit', {}],
  ['card-other-bank', {}, 'bank.card-other-bank', {}],
  ['card-unknown', {}, 'bank.card-unknown', {}],
  ['binding-ended', {}, 'bank.binding-ended', {}],
  ['over-limit', { maxFen: 20_000 }, 'bank.over-limit', { maxFen: 20_000 }],
  ['code-wrong', { triesLeft: 4 }, 'bank.code-wrong', { triesLeft: 4 }],
  ['code-expired', {}, 'bank.code-expired', {}],
  ['code-locked', {}, 'bank.code-locked', {}],
  ['code-too-soon', { retryAfterSeconds: 30 }, 'bank.code-too-soon', { retryAfterSeconds: 30 }],
  ['risk-control', {}, 'bank.refused', { platform: 'bank', bankCode: 'risk-control' }],
  ['constructor', {}, 'bank.refused', { platform: 'bank', bankCode: 'constructor' }],
])('translates %s', async (code, numbers, ours, detail) => {
  const error = await refusalOf(() => answering({ code, ...numbers }, { status: 422 }).bank.startDebit(debit));
  expect([error.code, error.detail]).toEqual([ours, detail]);
});

test('a number that carries another act is no refusal of this one', async () => {
  expect(await codeOf(() => answering({ code: 'number-reused' }, { status: 409 }).bank.payOut(debit))).toBe('request.replayed-differently');
});

test('a bank that quotes a card number in its words puts it into no error and no result', async () => {
  const words = 'card 6217000000000000001 is frozen';
  const error = await refusalOf(() => answering({ code: words }, { status: 422 }).bank.debit(debit));
  expect(error.detail).toMatchObject({ bankCode: 'unknown' });
  expect(everythingOf(error)).not.toContain('6217');
  expect(await answering({ status: 'failed', reason: words }).bank.debit(debit)).toMatchObject({ reason: 'unknown' });
});

describe('personal data', () => {
  const codeSent = { maskedMobile: '100****0037', resendAt: '2026-11-21T12:01:00+08:00', expiresAt: '2026-11-21T12:05:00+08:00' };

  test('travels sealed to the bank’s key and bound to its request', async () => {
    const { bank, sent } = answering(codeSent);
    expect(await bank.startBinding(holder)).toEqual({
      maskedMobile: '100****0037',
      resendAt: NOW - 123 + 60_000,
      expiresAt: NOW - 123 + 300_000,
    });
    await bank.startBinding(holder);
    const [first, second] = sent;
    if (first === undefined || second === undefined) throw new Error('nothing was sent');
    expect(openSealed(first)).toEqual({ name: '王小明', idNumber: '99000020020120621X', cardNumber: '9901011200000000379' });
    expect(JSON.parse(first.body).sealed.ciphertext).not.toBe(JSON.parse(second.body).sealed.ciphertext);
    const moved = { ...JSON.parse(first.body), requestNo: 'bind_0002' };
    expect(() => openSealed({ ...first, body: JSON.stringify(moved) })).toThrow();
    expect(first.body).not.toMatch(/王小明|99000020020120621|9901011200/);
  });

  test('of a binding that is vouched for leaves sealed as well, with the tail of the ID alone', async () => {
    const { bank, sent } = answering({ agreementRef: 'agr_7', cardTail: '0379' });
    const { requestNo, schoolId, name, cardNumber } = holder;
    const vouched = { requestNo, schoolId, name, idTail: '20621x', cardNumber };
    expect(await bank.bindVouched(vouched)).toEqual({ agreementRef: 'agr_7', cardTail: '0379' });
    const [request] = sent;
    if (request === undefined) throw new Error('nothing was sent');
    expect(openSealed(request)).toEqual({ name, idTail: '20621X', cardNumber: '9901011200000000379' });
    expect(request.body).not.toMatch(/王小明|20621|9901011200/);
    expect(await codeOf(() => answering({ code: 'card-other-bank' }, { status: 422 }).bank.bindVouched(vouched))).toBe(
      'bank.card-other-bank',
    );
    expect(await codeOf(() => answering({ cardTail: '0379' }).bank.bindVouched(vouched))).toBe('bank.unavailable');
    expect((await refusalOf(() => bank.bindVouched({ ...vouched, idTail: '' }))).code).toBe('request.malformed');
  });

  test('is in no error, neither one of ours nor one of the bank', async () => {
    const refusals = [
      await refusalOf(() => answering({ code: 'card-not-own' }, { status: 422 }).bank.startBinding(holder)),
      await refusalOf(() => gateway(() => Promise.reject(new Error(`${holder.idNumber} ${holder.cardNumber}`))).bank.startBinding(holder)),
      await refusalOf(() => createBankGateway(settings, deps).startBinding({ ...holder, cardNumber: '62170000x' })),
      await refusalOf(() => createBankGateway(settings, deps).startBinding({ ...holder, idNumber: '有误 123' })),
    ];
    expect(refusals.map(({ code }) => code)).toEqual(['bank.card-not-own', 'bank.unavailable', 'request.malformed', 'request.malformed']);
    for (const error of refusals) expect(everythingOf(error)).not.toMatch(/王小明|99000020020120621|9901 ?0112|6217|有误/);
  });

  test('a mobile that the bank forgot to mask is not passed on', async () => {
    const error = await refusalOf(() => answering({ ...codeSent, maskedMobile: '10000000037' }).bank.startBinding(holder));
    expect(error.code).toBe('bank.unavailable');
    expect(everythingOf(error)).not.toContain('10000000037');
  });
});

test.each<[string, (bank: ReturnType<typeof createBankGateway>) => Promise<unknown>]>([
  ['requestNo', (bank) => bank.debit({ ...debit, requestNo: 'a b' })],
  ['requestNo', (bank) => bank.queryDebit({ requestNo: '../x' })],
  ['agreementRef', (bank) => bank.debit({ ...debit, agreementRef: '' })],
  ['amountFen', (bank) => bank.payOut({ ...debit, amountFen: fen(0) })],
  ['amountFen', (bank) => bank.startDebit({ ...debit, amountFen: fen(-1) })],
  ['code', (bank) => bank.confirmDebit({ requestNo: debit.requestNo, code: '12a456' })],
  ['mobile', (bank) => bank.verifyCardholder({ ...holder, mobile: '+86' })],
])('refuses a bad %s before anything is sent', async (field, act) => {
  const error = await refusalOf(() => act(createBankGateway(settings, deps)));
  expect([error.code, error.detail]).toEqual(['request.malformed', { field }]);
});

test('ending a binding has one number per agreement, so that a repeat is the same act', async () => {
  const { bank, sent } = answering({ status: 'done' });
  await bank.endBinding({ agreementRef: 'agr_1' });
  await bank.endBinding({ agreementRef: 'agr_1' });
  await bank.endBinding({ agreementRef: 'agr_2' });
  const [first, second, third] = sent.map(numberOf);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

describe('settings', () => {
  test.each<[string, object]>([
    ['baseUrl', { baseUrl: 'http://bank.example.com' }],
    ['clientId', { clientId: 'a b' }],
    ['privateKey', { privateKey: 'secret words' }],
    ['privateKey', { privateKey: privatePem(rsa(1_024)) }],
    ['answerKeys', { answerKeys: [] }],
    ['answerKeys.0.publicKey', { answerKeys: [{ keyId: 'bank-1', publicKey: privatePem(partnerKeys) }] }],
    ['sealKey.publicKey', { sealKey: { keyId: 'seal-1', publicKey: publicPem(partnerKeys) } }],
  ])('a bad %s is named and not quoted', async (setting, change) => {
    const error = await refusalOf(() => createBankGateway({ ...settings, ...change }, deps));
    expect([error.code, error.detail]).toEqual(['config.invalid', { platform: 'bank', setting }]);
    expect(everythingOf(error)).not.toMatch(/secret words|PRIVATE KEY|bank\.example/);
  });

  test('one bank per school; a school that has none gets none', async () => {
    const network = fakeNetwork((request) => answerTo(request, paid));
    const other = { ...settings, baseUrl: 'https://other.example.com', clientId: 'sjtu' };
    const bankOf = createBankGateways({ schools: { dufl: settings, sjtu: other } }, { ...deps, fetch: network.fetch });
    await bankOf('sjtu')?.debit(debit);
    expect(network.sent[0]?.url.host).toBe('other.example.com');
    expect(network.sent[0]?.headers.get('ecode-client')).toBe('sjtu');
    expect(bankOf('bistu')).toBeUndefined();
    expect(bankOf('constructor')).toBeUndefined();
    const faulty = await refusalOf(() => createBankGateways({ schools: { dufl: { ...settings, keyId: '' } } }, deps));
    expect(faulty.detail).toEqual({ platform: 'bank', setting: 'schools.dufl.keyId' });
  });
});
