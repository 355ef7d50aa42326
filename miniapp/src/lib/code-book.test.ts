import * as v from 'valibot';
import { readCode, STEP_MS, stepAt } from '../../../shared/code-format';
import { deriveCodeKey, makeCode, weekOfStep } from '../../../shared/code-mac';
import { type CodeBook, codeBookSchema, codeOfStep, groupDigits, needsFreshKeys } from './code-book';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const schoolKey = new Uint8Array(32).fill(7);
const SUNDAY_NIGHT = Date.UTC(2026, 10, 22, 15, 59, 55);
const keyOf = (week: string) => deriveCodeKey(schoolKey, { handle: '123456789', slot: 2, keyVersion: 1, week });

const book: CodeBook = {
  schoolId: 'dufl',
  handle: '123456789',
  slot: 2,
  keyVersion: 1,
  keys: ['2026-W47', '2026-W48'].map((week) => ({ week, key: hex(keyOf(week)) })),
  offsetMs: 0,
  fetchedAt: SUNDAY_NIGHT,
};

describe('codes written without network', () => {
  it('writes the code that the server would compute for the step', () => {
    const step = stepAt(SUNDAY_NIGHT);
    const written = codeOfStep(book, 'card', step);
    const expected = makeCode(keyOf('2026-W47'), { kind: 'card', handle: '123456789', step, slot: 2, schoolId: 'dufl' });
    expect(written).toEqual({ kind: 'code', digits: expected });
    expect(readCode(expected)).toMatchObject({ system: 'campus', kind: 'card', handle: '123456789' });
  });

  it("takes next week's key from Monday 00:00 in UTC+8, where the step begins", () => {
    const last = stepAt(SUNDAY_NIGHT);
    expect([weekOfStep(last), weekOfStep(last + 1)]).toEqual(['2026-W47', '2026-W48']);
    const monday = codeOfStep(book, 'wallet', last + 1);
    const expected = makeCode(keyOf('2026-W48'), { kind: 'wallet', handle: '123456789', step: last + 1, slot: 2, schoolId: 'dufl' });
    expect(monday).toEqual({ kind: 'code', digits: expected });
  });

  it('has no code for a week whose key the phone does not hold', () => {
    expect(codeOfStep(book, 'card', stepAt(SUNDAY_NIGHT) + (8 * 86_400_000) / STEP_MS)).toEqual({ kind: 'no-key' });
  });

  it('asks for keys when there are none, they are of another school, a week is missing or a day has passed', () => {
    expect(needsFreshKeys(undefined, SUNDAY_NIGHT, 'dufl')).toBe(true);
    expect(needsFreshKeys(book, SUNDAY_NIGHT, 'dufl')).toBe(false);
    expect(needsFreshKeys(book, SUNDAY_NIGHT, 'sjtu')).toBe(true);
    expect(needsFreshKeys(book, SUNDAY_NIGHT + 10_000, 'dufl')).toBe(true);
    expect(needsFreshKeys({ ...book, fetchedAt: SUNDAY_NIGHT - 86_400_000 }, SUNDAY_NIGHT, 'dufl')).toBe(true);
    // A phone whose clock was set back cannot tell how old its keys are.
    expect(needsFreshKeys({ ...book, fetchedAt: SUNDAY_NIGHT + 3_600_000 }, SUNDAY_NIGHT, 'dufl')).toBe(true);
  });

  it('uses server time, not the phone clock, to tell the week', () => {
    expect(needsFreshKeys({ ...book, offsetMs: 10_000 }, SUNDAY_NIGHT, 'dufl')).toBe(true);
  });

  it('survives the way through storage', () => {
    expect(v.parse(codeBookSchema, JSON.parse(JSON.stringify(book)))).toEqual(book);
  });

  it('groups digits by four', () => {
    expect(groupDigits('911234567894212345678901')).toBe('9112 3456 7894 2123 4567 8901');
  });
});
