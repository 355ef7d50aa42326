import fc from 'fast-check';
import { encode } from 'uqr';
import { PASS_LENGTH, readCode } from './code-format';
import { fen } from './money';
import { type PassFacts, passSerial, passSignedBytes, readPass, schoolTag, writePass } from './pass-format';

const facts: fc.Arbitrary<PassFacts> = fc
  .record({
    school: fc.constantFrom('demo', 'bistu', 'sixteen-letters0').map(schoolTag),
    envelope: fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }).map((value) => value.toString().padStart(18, '0')),
    index: fc.nat({ max: 255 }),
    fromSeconds: fc.nat({ max: 2 ** 32 - 1 }),
    minutes: fc.nat({ max: 65_535 }),
    ceilingFen: fc.nat({ max: 2 ** 24 - 1 }).map(fen),
    envelopeFen: fc.nat({ max: 2 ** 24 - 1 }).map(fen),
    keyId: fc.nat({ max: 255 }),
    epoch: fc.nat({ max: 65_535 }),
  })
  .map(({ fromSeconds, minutes, ...rest }) => ({
    ...rest,
    validFrom: fromSeconds * 1_000,
    validUntil: fromSeconds * 1_000 + minutes * 60_000,
  }));
const signature = fc.uint8Array({ minLength: 64, maxLength: 64 });

describe('an offline pass', () => {
  it('reads back as it was written, and is known among the codes of all systems by prefix and length', () => {
    fc.assert(
      fc.property(facts, signature, (written, signed) => {
        const digits = writePass(written, signed);
        expect(digits).toHaveLength(PASS_LENGTH);
        expect(readCode(digits)).toEqual({ system: 'pass' });
        expect(readPass(digits)).toEqual({ ...written, signature: signed });
      }),
    );
  });

  it('is drawn as QR version 6 at level M, whatever is in it', () => {
    fc.assert(
      fc.property(facts, signature, (written, signed) => {
        // Version 6 has 41 modules a side.
        expect(encode(writePass(written, signed), { ecc: 'M', border: 0, boostEcc: false })).toMatchObject({ size: 41, version: 6 });
      }),
      { numRuns: 20 },
    );
  });

  it('is none when digits are missing, changed in its form, or more than 93 bytes', () => {
    const digits = writePass(sample, new Uint8Array(64));
    for (const wrong of [
      digits.slice(0, -1),
      `${digits}0`,
      `91${digits.slice(2)}`,
      `${digits.slice(0, -1)}x`,
      `93${'9'.repeat(224)}`,
      '',
    ]) {
      expect(readPass(wrong)).toBeUndefined();
    }
    expect(readPass(`93${'0'.repeat(224)}`)).toBeUndefined();
  });

  it('has one writing only: any changed digit reads as another pass or as none', () => {
    const digits = writePass(sample, new Uint8Array(64).fill(7));
    fc.assert(
      fc.property(fc.integer({ min: 2, max: PASS_LENGTH - 1 }), fc.integer({ min: 1, max: 9 }), (at, plus) => {
        const changed = digits.slice(0, at) + ((Number(digits[at]) + plus) % 10) + digits.slice(at + 1);
        expect(readPass(changed)).not.toEqual(readPass(digits));
      }),
    );
  });

  it('refuses to be written with a value that does not fit', () => {
    expect(() => writePass({ ...sample, index: 256 }, new Uint8Array(64))).toThrow(RangeError);
    expect(() => writePass({ ...sample, ceilingFen: fen(2 ** 24) }, new Uint8Array(64))).toThrow(RangeError);
    expect(() => writePass({ ...sample, validUntil: sample.validFrom + 1 }, new Uint8Array(64))).toThrow(RangeError);
  });

  it('signs the school, so that another school with the same tag would not pass', () => {
    expect(passSignedBytes('demo', sample)).not.toEqual(passSignedBytes('dema', sample));
    expect(passSignedBytes('demo', sample)).toHaveLength('ecode-pass-v1\ndemo\n'.length + 29);
    expect(passSerial(sample)).toBe('000000000000000042-3');
  });
});

const sample: PassFacts = {
  school: schoolTag('demo'),
  envelope: '000000000000000042',
  index: 3,
  validFrom: 1_700_000_000_000,
  validUntil: 1_700_086_400_000,
  ceilingFen: fen(3_000),
  envelopeFen: fen(9_000),
  keyId: 1,
  epoch: 1,
};
