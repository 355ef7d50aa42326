import { FF1 } from '@noble/ciphers/ff1.js';
import fc from 'fast-check';
import { DecimalFf1 } from './decimal-ff1';

const keyBytes = fc.constantFrom(16, 24, 32).chain((size) => fc.uint8Array({ minLength: size, maxLength: size }));
const numeral = (length: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length });

// NIST, "FF1 samples" (csrc.nist.gov, Examples with Intermediate Values): samples 1, 4 and 7, whose tweak is empty.
it.each([
  ['2B7E151628AED2A6ABF7158809CF4F3C', '2433477484'],
  ['2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F', '2830668132'],
  ['2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94', '6657667009'],
])('passes the samples of NIST SP 800-38G (key %s)', (key, wanted) => {
  const ff1 = new DecimalFf1(Buffer.from(key, 'hex'), 10);
  expect(ff1.encrypt('0123456789')).toBe(wanted);
  expect(ff1.decrypt(wanted)).toBe('0123456789');
});

it('is the FF1 of @noble/ciphers for ten thousand handles of nine digits, so that no handle in the field changes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 900, maxLength: 900, max: 9 }),
      (key, digitsOfMany) => {
        const [ours, theirs] = [new DecimalFf1(key, 9), FF1(10, key)];
        for (let start = 0; start < digitsOfMany.length; start += 9) {
          const digits = [...digitsOfMany.subarray(start, start + 9)];
          const cipher = theirs.encrypt(digits).join('');
          if (ours.encrypt(digits.join('')) !== cipher || ours.decrypt(cipher) !== digits.join('')) throw new Error(digits.join(''));
        }
      },
    ),
    { numRuns: 100 },
  );
});

it('is the same FF1 for every length it takes and every size of key, at the ends of the range too', () => {
  const any = fc.integer({ min: 9, max: 14 }).chain((length) => {
    const ends = fc.constantFrom(0, 9).map((digit) => Array<number>(length).fill(digit));
    return fc.oneof(numeral(length), ends);
  });
  fc.assert(
    fc.property(keyBytes, any, (key, digits) => {
      const ours = new DecimalFf1(key, digits.length);
      const cipher = ours.encrypt(digits.join(''));
      expect(cipher).toBe(FF1(10, key).encrypt(digits).join(''));
      expect(ours.decrypt(cipher)).toBe(digits.join(''));
    }),
    { numRuns: 500 },
  );
});

it('takes nothing but numerals of its length', () => {
  const ff1 = new DecimalFf1(new Uint8Array(32), 9);
  for (const text of ['', '12345678', '1234567890', '12345678x', '１２３４５６７８９', '-12345678', '1234.6789'])
    expect(() => ff1.decrypt(text)).toThrow(RangeError);
  for (const length of [8, 15, 9.5]) expect(() => new DecimalFf1(new Uint8Array(32), length)).toThrow(RangeError);
});
