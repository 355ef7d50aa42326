import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { canonicalJson } from '../canonical-json';
import { headText } from './head-text';
import { fingerprint, hashOfEntry, isHeadSigned } from './signed-head';

const facts = { schoolId: 'dufl', accountNo: 17, n: 42, hash: 'ab'.repeat(32), signedAt: 1_795_000_000_000 };
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(12).toString('hex');
const signature = sign(null, Buffer.from(headText(facts)), privateKey).toString('hex');

describe('a signed head', () => {
  it('is what Node signed', () => {
    expect(isHeadSigned(facts, key, signature)).toBe(true);
  });

  it.each([
    ['another school', { ...facts, schoolId: 'dufm' }],
    ['another account', { ...facts, accountNo: 18 }],
    ['another number', { ...facts, n: 41 }],
    ['another hash', { ...facts, hash: `${'ab'.repeat(31)}ac` }],
    ['another instant', { ...facts, signedAt: facts.signedAt + 1 }],
  ])('is not signed for %s', (_what, other) => {
    expect(isHeadSigned(other, key, signature)).toBe(false);
  });

  it('is not signed by another key, a short one, or with what is no hex', () => {
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(12).toString('hex');
    expect(isHeadSigned(facts, other, signature)).toBe(false);
    expect(isHeadSigned(facts, key.slice(2), signature)).toBe(false);
    expect(isHeadSigned(facts, key, signature.slice(2))).toBe(false);
    expect(isHeadSigned(facts, key, `zz${signature.slice(2)}`)).toBe(false);
    expect(isHeadSigned(facts, '00'.repeat(32), '00'.repeat(64))).toBe(false);
  });

  it('has a key that two people can compare by eye', () => {
    expect(fingerprint(key)).toMatch(/^[0-9a-f]{4}( [0-9a-f]{4}){3}$/);
    expect(fingerprint(key)).not.toBe(fingerprint('00'.repeat(32)));
  });
});

describe('the hash of an entry on a phone', () => {
  it('is that of Node, also where a text is not ASCII', () => {
    const entry = { n: 1, reason: '余额不足 · 🍜', amount: -5, state: { b: 1, a: [1, 2] } };
    const expected = createHash('sha256').update(canonicalJson(entry)).digest('hex');
    expect(hashOfEntry(entry)).toBe(expected);
  });
});
