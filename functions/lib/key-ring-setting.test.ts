import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { createPasswords } from '../domain/password';
import { readConfig } from './config';
import { createFieldCipher } from './field-cipher';
import { fieldKeysSetting, passwordPeppersSetting } from './key-ring-setting';

const schema = v.object({ ...fieldKeysSetting, ...passwordPeppersSetting });
const key = (bytes = 32): string => randomBytes(bytes).toString('base64');
const ring = (current: string, keys: Record<string, string>): string => JSON.stringify({ current, keys });

describe('key rings from the environment', () => {
  it('open what was sealed before the current key changed, and fit passwords', () => {
    const [first, second] = [key(), key()];
    const peppers = ring('p1', { p1: key() });
    const before = readConfig(schema, { ECODE_FIELD_KEYS: ring('k1', { k1: first }), ECODE_PASSWORD_PEPPERS: peppers });
    const after = readConfig(schema, { ECODE_FIELD_KEYS: ring('k2', { k1: first, k2: second }), ECODE_PASSWORD_PEPPERS: peppers });
    const place = { schoolId: 'sjtu', accountNo: 1, field: 'mobile' } as const;
    const sealed = createFieldCipher(before.ECODE_FIELD_KEYS, randomBytes).seal(place, '10000000037');
    expect(createFieldCipher(after.ECODE_FIELD_KEYS, randomBytes).open(place, sealed)).toBe('10000000037');
    expect(() => createPasswords({ peppers: after.ECODE_PASSWORD_PEPPERS, randomBytes })).not.toThrow();
  });

  it.each([
    undefined,
    '',
    'k1',
    '{}',
    ring('k2', { k1: key() }),
    ring('k1', { k1: key(16) }),
    ring('k1', { k1: 'not base64!' }),
    ring('a b', { 'a b': key() }),
    ring('__proto__', { k1: key() }),
  ])('refuse %j by name and without the value', (text) => {
    const environment = { ECODE_FIELD_KEYS: text, ECODE_PASSWORD_PEPPERS: ring('p1', { p1: key() }) };
    expect(() => readConfig(schema, environment)).toThrow(
      expect.objectContaining({ code: 'config.invalid', detail: { setting: expect.stringMatching(/^ECODE_FIELD_KEYS/) } }),
    );
  });
});
