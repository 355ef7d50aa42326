import { createHash, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { newTerminalKey, readTerminalKey, type Signing, signedHeaders } from '../../sandbox/terminals/signed-request';
import { terminalSignedText } from '../../shared/api/terminal';
import { enrolmentBody, keyBody, keyProofText } from '../../shared/api/terminal-life';
import { isAppError } from '../../shared/errors';
import type { Terminal } from '../store/terminals';
import { isSignedBy, verifyTerminal } from './verify-terminal';

const NOW = 1_795_234_098_000;
const key = newTerminalKey();
const enrolled: Terminal = { schoolId: 'shanghaitech', terminal: 7, publicKey: key.publicKey, merchant: 12, name: 'POS', status: 'active' };
const body = JSON.stringify({
  schoolId: 'shanghaitech',
  terminal: 7,
  sequence: 1,
  amountFen: 1250,
  occurredAt: NOW,
  kind: 'charge-code',
  code: '9',
});
const signing: Signing = { purpose: 'charge', schoolId: 'shanghaitech', terminal: 7, attempt: 1, sentAt: NOW, body };

async function verify(
  request: { headers?: Record<string, string>; body?: string; purpose?: 'charge' | 'query' | 'void' } = {},
  terminal: Terminal | undefined = enrolled,
): Promise<string> {
  try {
    const verified = await verifyTerminal(
      { clock: () => NOW, findTerminal: async () => terminal },
      {
        purpose: request.purpose ?? 'charge',
        headers: request.headers ?? signedHeaders(key, signing),
        rawBody: new TextEncoder().encode(request.body ?? body),
      },
    );
    return `verified ${verified.body.sequence}`;
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}

test('accepts what an enrolled terminal signed', async () => {
  expect(await verify()).toBe('verified 1');
});

test('refuses a request without a signature, or with one header missing', async () => {
  expect(await verify({ headers: {} })).toBe('terminal.unsigned');
  for (const name of Object.keys(signedHeaders(key, signing)).filter((header) => header.startsWith('x-'))) {
    const { [name]: _, ...headers } = signedHeaders(key, signing);
    expect(await verify({ headers })).toBe('terminal.unsigned');
  }
});

test('refuses a changed body, purpose, attempt, time, terminal or school', async () => {
  const headers = signedHeaders(key, signing);
  expect(await verify({ body: body.replace('1250', '1251') })).toBe('terminal.bad-signature');
  expect(await verify({ purpose: 'void' })).toBe('terminal.bad-signature');
  const changes = { 'x-ecode-attempt': '2', 'x-ecode-sent-at': String(NOW + 1), 'x-ecode-terminal': '8', 'x-ecode-school': 'bistu' };
  for (const [name, value] of Object.entries(changes))
    expect(await verify({ headers: { ...headers, [name]: value } })).toBe('terminal.bad-signature');
});

test("refuses another terminal's key, an unknown and a revoked terminal", async () => {
  expect(await verify({ headers: signedHeaders(newTerminalKey(), signing) })).toBe('terminal.bad-signature');
  expect(await verify({}, { ...enrolled, status: 'revoked' })).toBe('terminal.revoked');
  await expect(
    verifyTerminal(
      { clock: () => NOW, findTerminal: async () => undefined },
      { purpose: 'charge', headers: signedHeaders(key, signing), rawBody: new TextEncoder().encode(body) },
    ),
  ).rejects.toMatchObject({ code: 'terminal.unknown' });
});

test('refuses a stale request without a word about its sale, and one from the future as a clock fault', async () => {
  const at = (sentAt: number) => verify({ headers: signedHeaders(key, { ...signing, sentAt }) });
  expect(await at(NOW - 30_000)).toBe('verified 1');
  expect(await at(NOW - 30_001)).toBe('terminal.stale');
  expect(await at(NOW + 30_001)).toBe('terminal.clock');
});

test.each([
  ['not JSON', '{'],
  ['bytes that are no sale', '{"kind":"charge-code"}'],
  ['an unknown field', body.replace('{', '{"extra":1,')],
])('refuses %s as malformed', async (_, text) => {
  expect(await verify({ body: text, headers: signedHeaders(key, { ...signing, body: text }) })).toBe('request.malformed');
});

test.each(['1e3', '1.0E+3', '1E2'])('keeps the amount %s, an integer only to a JSON parser, from being one', async (written) => {
  const text = body.replace('"amountFen":1250', `"amountFen": ${written}`);
  const verified = await verifyTerminal(
    { clock: () => NOW, findTerminal: async () => enrolled },
    { purpose: 'charge', headers: signedHeaders(key, { ...signing, body: text }), rawBody: new TextEncoder().encode(text) },
  );
  expect(Number.isSafeInteger(verified.body.amountFen)).toBe(false);
});

test('refuses a sale that names another school or terminal than the one that signs', async () => {
  for (const text of [body.replace('shanghaitech', 'bistu'), body.replace('"terminal":7', '"terminal":8')]) {
    expect(await verify({ body: text, headers: signedHeaders(key, { ...signing, body: text }) })).toBe('terminal.other-school');
  }
  const text = '{"schoolId":"bistu","terminal":7}';
  expect(await verify({ body: text, headers: signedHeaders(key, { ...signing, body: text }) })).toBe('terminal.other-school');
});

test('between two keys both are good until the older one runs out; then, or with no key yet, only what is enrolled', async () => {
  const older = newTerminalKey();
  const changing = (until: number): Terminal => ({ ...enrolled, previousKey: { publicKey: older.publicKey, until } });
  expect(await verify({}, changing(NOW))).toBe('verified 1');
  expect(await verify({ headers: signedHeaders(older, signing) }, changing(NOW))).toBe('verified 1');
  expect(await verify({ headers: signedHeaders(older, signing) }, changing(NOW - 1))).toBe('terminal.bad-signature');
  expect(await verify({ headers: signedHeaders(older, signing) }, { ...changing(NOW), status: 'revoked' })).toBe('terminal.revoked');
  const { publicKey: _, ...waiting } = enrolled;
  expect(await verify({}, waiting)).toBe('terminal.unknown');
});

test('the vector of docs/terminal-api.md verifies', async () => {
  const doc = readFileSync(path.resolve(__dirname, '../../docs/terminal-api.md'), 'utf8');
  const vector = (name: string): string => new RegExp(`^${name}\\s+(.*)$`, 'm').exec(doc)?.[1] ?? '';
  const publicKey = /public key `([^`]+)`/.exec(doc)?.[1] ?? '';
  const headers = {
    ...signedHeaders(key, { ...signing, body: vector('body') }),
    'x-ecode-sent-at': vector('sent-at'),
    'x-ecode-attempt': vector('attempt'),
    'x-ecode-signature': vector('signature'),
  };
  expect(await verify({ body: vector('body'), headers }, { ...enrolled, publicKey })).toBe('verified 1024');
});

describe('the vectors of docs/terminal-api.md for a new key', () => {
  const doc = readFileSync(path.resolve(__dirname, '../../docs/terminal-api.md'), 'utf8');
  const vectorOf = (name: string) => {
    const block = new RegExp(`<!-- vector:${name} -->\n\`\`\`\n([^\`]+)\`\`\``).exec(doc)?.[1] ?? '';
    return Object.fromEntries(block.split('\n').map((line) => [line.split(' ', 1)[0] ?? '', line.replace(/^\S+\s+/, '')]));
  };
  const testKey = (seed: string) =>
    createPrivateKey({ key: Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex'), format: 'der', type: 'pkcs8' })
      .export({ type: 'pkcs8', format: 'pem' })
      .toString();
  // RFC 8032 section 7.1, TEST 1 and TEST 2.
  const present = readTerminalKey(testKey('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'));
  const next = readTerminalKey(testKey('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'));

  test.each(['enrolment', 'key'] as const)('%s is what a machine signs and what we verify', (purpose) => {
    const { body: text = '', sha256, signature = '', attempt, 'sent-at': sentAt } = vectorOf(purpose);
    const request = { purpose, schoolId: 'shanghaitech', terminal: 7, attempt: Number(attempt), sentAt: Number(sentAt) };
    expect(signedHeaders(present, { ...request, body: text })['x-ecode-signature']).toBe(signature);
    const bodySha256 = createHash('sha256').update(text).digest('hex');
    expect(bodySha256).toBe(sha256);
    expect(isSignedBy(present.publicKey, terminalSignedText({ ...request, bodySha256 }), Buffer.from(signature, 'base64'))).toBe(true);
  });

  test('the proof of the new key is over school, terminal and both keys', () => {
    const { body: text = '{}' } = vectorOf('key');
    const { publicKey, proof, ...who } = v.parse(keyBody, JSON.parse(text));
    expect(publicKey).toBe(next.publicKey);
    const proved = keyProofText({ ...who, presentKey: present.publicKey, newKey: publicKey });
    expect(isSignedBy(publicKey, proved, Buffer.from(proof, 'base64'))).toBe(true);
    expect(
      isSignedBy(
        publicKey,
        keyProofText({ ...who, terminal: 8, presentKey: present.publicKey, newKey: publicKey }),
        Buffer.from(proof, 'base64'),
      ),
    ).toBe(false);
  });

  test('the enrolment is one that we read', () => {
    const { body: text = '{}' } = vectorOf('enrolment');
    expect(v.parse(enrolmentBody, JSON.parse(text))).toMatchObject({ terminal: 7, publicKey: present.publicKey });
  });
});
