import { romanize } from './romanize';

describe('romanize', () => {
  it('reads a character as its phrase does', () => {
    expect(romanize('重庆大学')).toEqual(['chong', 'qing', 'da', 'xue']);
    expect(romanize('厦门大学')).toEqual(['xia', 'men', 'da', 'xue']);
  });

  it('writes ü as v and keeps other letters in one piece', () => {
    expect(romanize('旅顺')).toEqual(['lv', 'shun']);
    expect(romanize('BISTU 卡')).toEqual(['bistu', 'ka']);
  });
});
