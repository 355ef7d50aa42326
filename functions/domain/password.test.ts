import { createHmac, randomBytes, scryptSync } from 'node:crypto';
import { createPasswords, type DeriveKey, type KnownPassword, type ScryptCost } from './password';

const peppers = { current: 'p2', keys: { p1: randomBytes(32), p2: randomBytes(32) } };
const real = createPasswords({ peppers, randomBytes });

/** As slow functions go, none: what is tested with it is everything around scrypt. */
function counting(): { calls: ScryptCost[]; deriveKey: DeriveKey } {
  const calls: ScryptCost[] = [];
  return {
    calls,
    deriveKey: async (secret, salt, cost) => {
      calls.push(cost);
      return createHmac('sha256', salt).update(secret).update(JSON.stringify(cost)).digest();
    },
  };
}

describe('passwords', () => {
  it('are scrypt N=2^15 r=8 p=3 over the HMAC of the pepper', async () => {
    const encoded = await real.hash('802914');
    const [form, pepperId, cost, salt = '', hash] = encoded.split('$');
    expect([form, pepperId, cost]).toEqual(['scrypt1', 'p2', '15,8,3']);
    const secret = createHmac('sha256', peppers.keys.p2).update('802914').digest();
    const expected = scryptSync(secret, Buffer.from(salt, 'base64url'), 32, { N: 32768, r: 8, p: 3, maxmem: 64 * 1024 * 1024 });
    expect(hash).toBe(expected.toString('base64url'));
    expect(encoded).not.toContain('802914');
  });

  it('do not hold up the event loop while one is checked', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 2);
    await real.verifyAgainstDummy('802914');
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});

describe('checking a password', () => {
  const { calls, deriveKey } = counting();
  const passwords = createPasswords({ peppers, randomBytes, deriveKey });

  it('knows the right one from a wrong one, and from one that differs in the last digit', async () => {
    const encoded = await passwords.hash('802914');
    expect(await passwords.verify('802914', encoded)).toBe(true);
    expect(await passwords.verify('802915', encoded)).toBe(false);
    expect(await passwords.verify('', encoded)).toBe(false);
  });

  it('takes full-width digits for the same password', async () => {
    expect(await passwords.verify('８０２９１４', await passwords.hash('802914'))).toBe(true);
    expect(await passwords.check('１２３４５６', { initial: ['123456'] })).toBe(true);
  });

  it('salts: the same password is another hash each time', async () => {
    expect(await passwords.hash('802914')).not.toBe(await passwords.hash('802914'));
  });

  it('costs one scrypt of the same size whether there is a hash, an initial password or nobody', async () => {
    const hash = await passwords.hash('802914');
    const cases: [KnownPassword, string, boolean][] = [
      [{ hash }, '802914', true],
      [{ hash }, '123456', false],
      [{ initial: ['000000', '314821'] }, '314821', true],
      [{ initial: ['000000', '314821'] }, '802914', false],
      [{ initial: [] }, '', false],
      [undefined, '123456', false],
    ];
    for (const [known, password, right] of cases) {
      calls.length = 0;
      expect(await passwords.check(password, known)).toBe(right);
      expect(calls).toEqual([{ logN: 15, r: 8, p: 3 }]);
    }
  });

  it('no longer takes an initial password once there is a hash', async () => {
    expect(await passwords.check('123456', { hash: await passwords.hash('802914') })).toBe(false);
  });

  it('verifies with an older pepper or older cost, and says that the hash is to be made anew', async () => {
    const older = createPasswords({ peppers: { ...peppers, current: 'p1' }, randomBytes, deriveKey });
    const encoded = await older.hash('802914');
    expect(await passwords.verify('802914', encoded)).toBe(true);
    expect(passwords.isOutdated(encoded)).toBe(true);
    expect(passwords.isOutdated(await passwords.hash('802914'))).toBe(false);
    expect(passwords.isOutdated((await passwords.hash('802914')).replace('15,8,3', '14,8,3'))).toBe(true);
  });

  it('cannot be verified with another pepper under the same id', async () => {
    const stolen = createPasswords({ peppers: { current: 'p2', keys: { p2: randomBytes(32) } }, randomBytes, deriveKey });
    expect(await stolen.verify('802914', await passwords.hash('802914'))).toBe(false);
  });

  it.each(['', '802914', 'scrypt1$p2$15,8,3$AAAA$BBBB', 'bcrypt$x', `scrypt1$p9$15,8,3$${'A'.repeat(22)}$${'B'.repeat(43)}`])(
    'throws on a stored text that is no hash of ours: %j',
    async (encoded) => expect(passwords.verify('802914', encoded)).rejects.toThrow(/stored password|pepper/),
  );

  it('refuses to start without its pepper', () => {
    expect(() => createPasswords({ peppers: { current: 'p3', keys: peppers.keys }, randomBytes })).toThrow('pepper');
    expect(() => createPasswords({ peppers: { current: 'p', keys: { p: randomBytes(8) } }, randomBytes })).toThrow('pepper');
  });
});
