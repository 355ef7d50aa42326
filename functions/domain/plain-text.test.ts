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
