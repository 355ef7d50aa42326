import fc from 'fast-check';
import { PASS_LENGTH, readCode } from './code-format';
import { IDENTITY_ROLES, type IdentityPassFacts, readIdentityPass, writeIdentityPass } from './identity-pass-format';
import { readPass, schoolTag } from './pass-format';

const facts: fc.Arbitrary<IdentityPassFacts> = fc
  .record({
    school: fc.constantFrom('demo', 'bistu', 'sixteen-letters0').map(schoolTag),
    alias: fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }).map((value) => value.toString().padStart(18, '0')),
    index: fc.nat({ max: 255 }),
    fromSeconds: fc.nat({ max: 2 ** 32 - 1 }),
    minutes: fc.nat({ max: 65_535 }),
    role: fc.constantFrom(...IDENTITY_ROLES),
    keyId: fc.nat({ max: 255 }),
    epoch: fc.nat({ max: 65_535 }),
  })
  .map(({ fromSeconds, minutes, ...rest }) => ({
    ...rest,
    validFrom: fromSeconds * 1_000,
    validUntil: fromSeconds * 1_000 + minutes * 60_000,
  }));
const signature = fc.uint8Array({ minLength: 64, maxLength: 64 });

describe('an offline identity pass', () => {
  it('reads back as it was written, and is never a pass that pays', () => {
    fc.assert(
      fc.property(facts, signature, (written, signed) => {
        const digits = writeIdentityPass(written, signed);
        expect(digits).toHaveLength(PASS_LENGTH);
        expect(readCode(digits)).toEqual({ system: 'identity-pass' });
        expect(readIdentityPass(digits)).toEqual({ ...written, signature: signed });
        expect(readPass(digits)).toBeUndefined();
        expect(readPass(`93${digits.slice(2)}`)).toBeUndefined();
      }),
    );
  });

  it('is none with a role that nobody has, with anything where zeros belong, or more than 93 bytes', () => {
    const digits = writeIdentityPass(sample, new Uint8Array(64));
    const changed = (byte: number, to: number): string => {
      const whole = BigInt(digits.slice(2)) ^ (BigInt(to) << BigInt(8 * (92 - byte)));
      return `94${whole.toString().padStart(224, '0')}`;
    };
    expect(readIdentityPass(changed(20, 1 ^ 4))).toBeUndefined();
    expect(readIdentityPass(changed(20, 1))).toBeUndefined();
    for (let byte = 21; byte <= 25; byte += 1) expect(readIdentityPass(changed(byte, 1))).toBeUndefined();
    for (const wrong of [digits.slice(0, -1), `${digits}0`, `${digits.slice(0, -1)}x`, `94${'9'.repeat(224)}`, '']) {
      expect(readIdentityPass(wrong)).toBeUndefined();
    }
    expect(readIdentityPass(changed(20, 0))).toMatchObject({ role: 'student' });
  });
});

const sample: IdentityPassFacts = {
  school: schoolTag('demo'),
  alias: '000000000000000001',
  index: 0,
  validFrom: 0,
  validUntil: 60_000,
  role: 'student',
  keyId: 1,
  epoch: 1,
};
