import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { createFieldCipher, type FieldPlace } from './field-cipher';

const keys = { current: 'k2', keys: { k1: randomBytes(32), k2: randomBytes(32) } };
const cipher = createFieldCipher(keys, randomBytes);
const place: FieldPlace = { schoolId: 'shanghaitech', accountNo: 37, field: 'idTail' };

describe('personal data at rest', () => {
  it('opens as it was sealed, any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => cipher.open(place, cipher.seal(place, text)) === text));
  });

  it('says nothing: the same text is another ciphertext each time, and holds no part of the text', () => {
    const sealed = [cipher.seal(place, '031482X'), cipher.seal(place, '031482X')];
    expect(sealed[0]).not.toBe(sealed[1]);
    expect(sealed[0]).toMatch(/^aes1\.k2\.[\w-]+$/);
    expect(Buffer.from(sealed[0]?.split('.')[2] ?? '', 'base64url').includes('031482X')).toBe(false);
  });

  it.each<[string, FieldPlace]>([
    ['another school', { ...place, schoolId: 'sjtu' }],
    ['another account', { ...place, accountNo: 38 }],
    ['another field', { ...place, field: 'mobile' }],
  ])('does not open in %s', (_, other) => {
    const sealed = cipher.seal(place, '031482X');
    expect(() => cipher.open(other, sealed)).toThrow();
  });

  it('does not open with any byte changed, or cut short', () => {
    const [form, id, body = ''] = cipher.seal(place, '031482X').split('.');
    const bytes = Buffer.from(body, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Buffer.from(bytes);
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
      expect(() => cipher.open(place, [form, id, altered.toString('base64url')].join('.'))).toThrow();
      expect(() => cipher.open(place, [form, id, bytes.subarray(0, at).toString('base64url')].join('.'))).toThrow();
    }
    expect(() => cipher.open(place, [form, 'k1', body].join('.'))).toThrow();
  });

  it('still opens what an older key sealed, and seals with the current one', () => {
    const before = createFieldCipher({ ...keys, current: 'k1' }, randomBytes).seal(place, '10000000037');
    expect(before).toMatch(/^aes1\.k1\./);
    expect(cipher.open(place, before)).toBe('10000000037');
  });

  it.each([
    '',
    'plain',
    'aes2.k2.AAAA',
    'aes1.k9.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'aes1.__proto__.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  ])('refuses %j', (sealed) => expect(() => cipher.open(place, sealed)).toThrow(/sealed field|no field key/));

  it('refuses keys of another length or name at the start', () => {
    expect(() => createFieldCipher({ current: 'k', keys: { k: randomBytes(16) } }, randomBytes)).toThrow('32 bytes');
    expect(() => createFieldCipher({ current: 'x', keys: { k: randomBytes(32) } }, randomBytes)).toThrow('no field key');
    expect(() => createFieldCipher({ current: 'a.b', keys: { 'a.b': randomBytes(32) } }, randomBytes)).toThrow('key id');
  });
});
