import fc from 'fast-check';
import { citizenIdCheck, citizenIdProblem, isCitizenId, maskCitizenId } from './citizen-id';

/** An area that does not exist, a day, a sequence; the check character is computed. */
const madeUp = (digits: string): string => digits + citizenIdCheck(digits);

describe('a citizen ID number (ST-54)', () => {
  it('has the check character of the standard’s own example', () => {
    // GB 11643-1999, 4.2: the number with the area of a whole district and the sequence 001, and one that ends in X.
    expect(citizenIdCheck('11010519491231002')).toBe('X');
    expect(citizenIdCheck('44052418800101001')).toBe('4');
  });

  it('is taken with the right check character only, whatever single character is mistyped', () => {
    const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(
        day,
        fc.integer({ min: 0, max: 999 }),
        fc.integer({ min: 0, max: 17 }),
        fc.integer({ min: 1, max: 9 }),
        (born, seq, at, by) => {
          const id = madeUp(`000000${born.toISOString().slice(0, 10).replace(/-/g, '')}${String(seq).padStart(3, '0')}`);
          expect(isCitizenId(id)).toBe(true);
          const old = id.charAt(at);
          const other = old === 'X' ? '0' : String((Number(old) + by) % 10);
          expect(citizenIdProblem(id.slice(0, at) + other + id.slice(at + 1))).toBe('check');
        },
      ),
    );
  });

  it.each([
    ['', 'not-one'],
    ['2021000037', 'not-one'],
    [madeUp('00000019900101001').slice(0, 17), 'not-one'],
    [`${madeUp('00000019900101001')}0`, 'not-one'],
    [madeUp('00000019900231001'), 'birthday'],
    [madeUp('00000019901301001'), 'birthday'],
    [madeUp('00000018990101001'), 'birthday'],
  ])('says what stands against %p: %s', (text, problem) => {
    expect(citizenIdProblem(text)).toBe(problem);
  });

  it('is shown with its first three and last four characters', () => {
    expect(maskCitizenId('000000199001010015')).toBe('000***********0015');
  });
});
