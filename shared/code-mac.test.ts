import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { type CodeKind, readCode, stepAt } from './code-format';
import { codeMac, deriveCodeKey, makeCode, weekOfStep } from './code-mac';

const key = Uint8Array.from({ length: 32 }, (_, index) => index);
const input = { kind: 'card', handle: '012345678', step: 179_523_409, slot: 2, schoolId: 'shanghaitech' } as const;

/** The same by node:crypto and big integers, written from docs/decisions/0003-codes.md and not from the code. */
function referenceMac(
  schoolKey: Uint8Array,
  code: { kind: CodeKind; handle: string; step: number; slot: number; schoolId: string; keyVersion: number },
): string {
  const week = weekOfStep(code.step);
  const weekKey = createHmac('sha256', schoolKey).update(`${code.handle}|${code.slot}|${code.keyVersion}|${week}`).digest();
  const prefix = { identity: '90', card: '91', wallet: '92' }[code.kind];
  const tt = String((4 * code.step + code.slot) % 100).padStart(2, '0');
  const tag = createHmac('sha256', weekKey).update(`${prefix}${code.handle}${tt}|${code.step}|${code.schoolId}`).digest();
  return String(tag.readBigUInt64BE(0) % 100_000_000_000n).padStart(11, '0');
}

describe('the MAC of a code', () => {
  it('is what node:crypto makes of the written rule', () => {
    fc.assert(
      fc.property(
        fc.record({
          kind: fc.constantFrom<CodeKind>('identity', 'card', 'wallet'),
          handle: fc.stringMatching(/^\d{9}$/),
          step: fc.integer({ min: 170_000_000, max: 200_000_000 }),
          slot: fc.integer({ min: 0, max: 3 }),
          keyVersion: fc.integer({ min: 1, max: 65_535 }),
          schoolId: fc.constantFrom('sjtu', 'shanghaitech', 'bistu'),
        }),
        (code) => {
          const weekKey = deriveCodeKey(key, {
            handle: code.handle,
            slot: code.slot,
            keyVersion: code.keyVersion,
            week: weekOfStep(code.step),
          });
          expect(codeMac(weekKey, code)).toBe(referenceMac(key, code));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('changes with everything it covers', () => {
    const macs = [
      codeMac(key, input),
      codeMac(key, { ...input, kind: 'identity' }),
      codeMac(key, { ...input, handle: '012345679' }),
      codeMac(key, { ...input, step: input.step + 1 }),
      // 25 steps later the two time digits are the same; the full step is not.
      codeMac(key, { ...input, step: input.step + 25 }),
      codeMac(key, { ...input, slot: 1 }),
      codeMac(key, { ...input, schoolId: 'sjtu' }),
      codeMac(
        Uint8Array.from(key, (byte) => byte ^ 1),
        input,
      ),
    ];
    expect(new Set(macs).size).toBe(macs.length);
  });

  it('is made with another key for another app, key version, week or holder', () => {
    const name = { handle: '012345678', slot: 0, keyVersion: 1, week: '2026-W47' };
    const keys = [name, { ...name, slot: 1 }, { ...name, keyVersion: 2 }, { ...name, week: '2026-W48' }, { ...name, handle: '012345679' }];
    expect(new Set(keys.map((one) => Buffer.from(deriveCodeKey(key, one)).toString('hex'))).size).toBe(keys.length);
  });

  it('stands in a code that reads as one of ours', () => {
    const code = makeCode(key, input);
    expect(readCode(code)).toEqual({
      system: 'campus',
      kind: 'card',
      handle: '012345678',
      tt: code.slice(11, 13),
      mac: codeMac(key, input),
    });
  });

  it('takes its week from its step, so the week changes with the step at Monday midnight', () => {
    const monday = Date.parse('2026-11-23T00:00:00+08:00');
    expect([weekOfStep(stepAt(monday - 1)), weekOfStep(stepAt(monday))]).toEqual(['2026-W47', '2026-W48']);
  });
});
