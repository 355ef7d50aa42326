import { createPrivateKey, type createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { sealPin } from '../../sandbox/terminals/seal-pin';
import { isAppError } from '../../shared/errors';
import { createPinOpener } from './pin-seal';

const raw = (pair: { privateKey: ReturnType<typeof createPrivateKey> }): Uint8Array =>
  new Uint8Array(pair.privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32));
const publicOf = (pair: { publicKey: ReturnType<typeof createPublicKey> }): string =>
  pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
const older = generateKeyPairSync('x25519');
const newer = generateKeyPairSync('x25519');
const opener = createPinOpener({ current: 'p2', keys: { p1: raw(older), p2: raw(newer) } });
const place = { schoolId: 'shanghaitech', terminal: 31, sequence: 102 };

function opened(at: typeof place, sealed: ReturnType<typeof sealPin>): string {
  try {
    return opener.open(at, sealed);
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}

test('opens what was sealed to any key of the ring, for the place it was sealed for', () => {
  for (const [keyId, pair] of [
    ['p1', older],
    ['p2', newer],
  ] as const) {
    expect(opened(place, sealPin('123456', { keyId, publicKey: publicOf(pair) }, place))).toBe('123456');
  }
  expect(opened(place, sealPin('密码12', { keyId: 'p2', publicKey: publicOf(newer) }, place))).toBe('密码12');
  expect(opener.currentKeyId).toBe('p2');
});

test('opens nothing that was sealed for another school, terminal or sequence, or to another key', () => {
  const key = { keyId: 'p2', publicKey: publicOf(newer) };
  for (const other of [{ schoolId: 'sjtu' }, { terminal: 32 }, { sequence: 103 }]) {
    expect(opened({ ...place, ...other }, sealPin('123456', key, place))).toBe('claim.pin-unreadable');
  }
  expect(opened(place, sealPin('123456', { ...key, keyId: 'p1' }, place))).toBe('claim.pin-unreadable');
  expect(opened(place, sealPin('123456', { ...key, keyId: 'p3' }, place))).toBe('claim.pin-unreadable');
  expect(opened(place, sealPin('123456', { ...key, keyId: '__proto__' }, place))).toBe('claim.pin-unreadable');
});

test('opens nothing of which a byte was changed, and no point of low order', () => {
  const sealed = sealPin('123456', { keyId: 'p2', publicKey: publicOf(newer) }, place);
  for (const name of ['ephemeralKey', 'nonce', 'ciphertext'] as const) {
    const bytes = Buffer.from(sealed[name], 'base64');
    bytes[3] = (bytes[3] ?? 0) ^ 1;
    expect(opened(place, { ...sealed, [name]: bytes.toString('base64') })).toBe('claim.pin-unreadable');
  }
  expect(opened(place, { ...sealed, ephemeralKey: Buffer.alloc(32).toString('base64') })).toBe('claim.pin-unreadable');
});

test('a sealed password is as long whatever it is', () => {
  const key = { keyId: 'p2', publicKey: publicOf(newer) };
  expect(sealPin('1', key, place).ciphertext.length).toBe(sealPin('1'.repeat(32), key, place).ciphertext.length);
  expect(sealPin('1', key, place).ciphertext).not.toBe(sealPin('1', key, place).ciphertext);
});

test('the vector of docs/terminal-api.md opens, and is what the helper seals', () => {
  const doc = readFileSync(path.resolve(__dirname, '../../docs/terminal-api.md'), 'utf8');
  const block = doc.slice(doc.indexOf('<!-- vector:pin -->'));
  const vector = (name: string): string => new RegExp(`^${name}\\s+(.*)$`, 'm').exec(block)?.[1] ?? '';
  const server = createPinOpener({ current: 'p1', keys: { p1: new Uint8Array(Buffer.from(vector('server-private'), 'hex')) } });
  const sealed = {
    keyId: 'p1',
    ephemeralKey: vector('ephemeralKey'),
    nonce: vector('nonce'),
    ciphertext: vector('ciphertext'),
  };
  expect(server.open(place, sealed)).toBe(vector('password'));
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), Buffer.from(vector('ephemeral-private'), 'hex')]);
  const made = { ephemeral: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }), nonce: Buffer.from(sealed.nonce, 'base64') };
  expect(sealPin(vector('password'), { keyId: 'p1', publicKey: vector('server-public') }, place, made)).toEqual(sealed);
});
