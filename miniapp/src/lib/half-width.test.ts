import { halfWidth, plainEntry } from './half-width';

describe('what keyboards and pasting bring along', () => {
  it('makes full-width digits, letters and signs plain, and leaves names alone', () => {
    expect(['１２３４５６', 'ＡＢ－３', '张三', '①½ﬁ', ''].map(halfWidth)).toEqual(['123456', 'AB-3', '张三', '①½ﬁ', '']);
  });

  it('drops spaces, and marks that nobody sees, from digits and passwords', () => {
    const typed = [' 123456 ', '12 34\u00a056', '\u202e123456\u202c', '\u2067１２３４５６\u2069', '\ufeff12\u200b3456\n', '12🙂'];
    expect(typed.map(plainEntry)).toEqual([...Array(5).fill('123456'), '12🙂']);
  });
});
