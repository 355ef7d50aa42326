import fc from 'fast-check';
import { normaliseName, normaliseNumber, normaliseText } from './plain-text';

describe('pasted text', () => {
  it('loses full-width forms, odd spaces and invisible characters', () => {
    expect(normaliseText('\uFEFF　２０２１　Ａb\u200B \u00A0 ')).toBe('2021 Ab');
  });

  it('keeps the characters of a name and one kind of dot', () => {
    expect(normaliseName(' 阿依古丽 • 买买提 ')).toBe('阿依古丽·买买提');
    expect(normaliseName('阿依古丽・买买提')).toBe('阿依古丽·买买提');
    expect(normaliseName('Anna  Maria')).toBe('Anna Maria');
  });

  it('writes a number in one way', () => {
    expect(normaliseNumber(' ２０２１ 0000 37x ')).toBe('2021000037X');
  });
});

describe('whatever is pasted around and between', () => {
  const marks = [
    '\u200b',
    '\u200e',
    '\u200f',
    '\u202e',
    '\u2060',
    '\u2066',
    '\u2067',
    '\u2069',
    '\u061c',
    '\ufeff',
    '\u00ad',
    ' ',
    '\u3000',
    '\t',
  ];
  const noise = fc.array(fc.constantFrom(...marks), { maxLength: 4 }).map((list) => list.join(''));
  const wide = (char: string): string => String.fromCharCode(char.charCodeAt(0) + 0xfee0);

  it('a number is the same number: full-width or not, either case, with spaces and marks of direction', () => {
    const char = fc.constantFrom(...'0123456789ABCXYZabcxyz');
    fc.assert(
      fc.property(fc.array(fc.tuple(char, fc.boolean(), noise), { minLength: 1, maxLength: 20 }), noise, (typed, before) => {
        const text = before + typed.map(([letter, isWide, after]) => (isWide ? wide(letter) : letter) + after).join('');
        expect(normaliseNumber(text)).toBe(typed.map(([letter]) => letter.toUpperCase()).join(''));
      }),
    );
  });

  it('what is normal already stays as it is, of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        for (const normalise of [normaliseText, normaliseName, normaliseNumber]) {
          const once = normalise(text);
          expect(normalise(once)).toBe(once);
        }
      }),
    );
  });
});
