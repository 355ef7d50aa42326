import { createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { type CodeKind, timeDigits } from '../../shared/code-format';
import { codeMac, deriveCodeKey, weekOfStep } from '../../shared/code-mac';
import { accountOfHandle, chipKey, chipMac, codeWeekKey, deriveSchoolKeys, handleOf, provesCode } from './school-keys';

const master = new Uint8Array(32).fill(9);
const keys = deriveSchoolKeys(master, 'shanghaitech');
const accounts = fc.integer({ min: 0, max: 999_999_999 });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('keys of a school', () => {
  it('are HKDF-SHA256 of the master key with school and purpose', () => {
    for (const purpose of ['code', 'handle', 'chip'] as const) {
      expect(hex(keys[purpose])).toBe(hex(new Uint8Array(hkdfSync('sha256', master, 'e-code-card/v1', `shanghaitech/${purpose}`, 32))));
    }
  });

  it('are different for each purpose and each school, and the same each time', () => {
    const other = deriveSchoolKeys(master, 'sjtu');
    const all = [keys.code, keys.handle, keys.chip, other.code, other.handle, other.chip].map(hex);
    expect(new Set(all).size).toBe(6);
    expect(deriveSchoolKeys(master, 'shanghaitech')).toEqual(keys);
  });
});

describe('handles', () => {
  it('are a permutation of nine digits: every account has one and it names the account', () => {
    fc.assert(
      fc.property(accounts, (accountNo) => {
        const handle = handleOf(keys, accountNo);
        expect(handle).toMatch(/^\d{9}$/);
        expect(accountOfHandle(keys, handle)).toBe(accountNo);
        expect(handleOf(keys, accountOfHandle(keys, handle))).toBe(handle);
      }),
      { numRuns: 300 },
    );
  });

  it('of neighbouring accounts do not clash and do not show that they are neighbours', () => {
    const handles = Array.from({ length: 500 }, (_, index) => handleOf(keys, 100_000_000 + index));
    expect(new Set(handles).size).toBe(500);
    const close = handles.filter((handle, index) => index > 0 && Math.abs(Number(handle) - Number(handles[index - 1])) < 1_000);
    expect(close.length).toBeLessThan(5);
  });

  it('are others at another school', () => {
    const other = deriveSchoolKeys(master, 'sjtu');
    const same = Array.from({ length: 200 }, (_, index) => index + 1).filter(
      (accountNo) => handleOf(keys, accountNo) === handleOf(other, accountNo),
    );
    expect(same.length).toBeLessThan(2);
  });
});

describe('a code', () => {
  const code = fc.record({
    kind: fc.constantFrom<CodeKind>('identity', 'card', 'wallet'),
    handle: fc.stringMatching(/^\d{9}$/),
    step: fc.integer({ min: 170_000_000, max: 200_000_000 }),
    slot: fc.integer({ min: 0, max: 3 }),
    keyVersion: fc.integer({ min: 1, max: 65_535 }),
    schoolId: fc.constantFrom('sjtu', 'shanghaitech'),
  });

  it('has here the key and the MAC that a phone makes of the same rule without node:crypto', () => {
    fc.assert(
      fc.property(code, fc.integer({ min: 0, max: 99_999_999_999 }), (one, other) => {
        const name = { ...one, week: weekOfStep(one.step) };
        const weekKey = codeWeekKey(keys, name);
        expect(hex(weekKey)).toBe(hex(deriveCodeKey(keys.code, name)));
        const mac = codeMac(weekKey, one);
        expect(provesCode(weekKey, one, mac)).toBe(true);
        const wrong = String(other).padStart(11, '0');
        expect(provesCode(weekKey, one, wrong)).toBe(wrong === mac);
        // Another kind and another place in time have another MAC.
        expect(provesCode(weekKey, { ...one, kind: one.kind === 'card' ? 'wallet' : 'card' }, mac)).toBe(false);
        expect(timeDigits(one.step + 25, one.slot)).toBe(timeDigits(one.step, one.slot));
        expect(provesCode(weekKey, { ...one, step: one.step + 25 }, mac)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the chip code of a tap', () => {
  const tap = { schoolId: 'shanghaitech', terminal: 7, sequence: 42, amountFen: 1_250, counter: 3 };
  const key = chipKey(keys, '079927398713');

  it('is the first 8 bytes of HMAC-SHA256 over terminal, sequence, amount and counter', () => {
    expect(chipMac(key, tap)).toBe(createHmac('sha256', key).update('tap-v1|shanghaitech|7|42|1250|3').digest('hex').slice(0, 16));
  });

  it('is another for anything else that is paid, and for another card', () => {
    const macs = [
      chipMac(key, tap),
      chipMac(key, { ...tap, schoolId: 'sjtu' }),
      chipMac(key, { ...tap, terminal: 8 }),
      chipMac(key, { ...tap, sequence: 43 }),
      chipMac(key, { ...tap, amountFen: 1_251 }),
      chipMac(key, { ...tap, counter: 4 }),
      chipMac(chipKey(keys, '079927398721'), tap),
    ];
    expect(new Set(macs).size).toBe(macs.length);
  });
});
