import { en } from './en';
import { zh } from './zh';

const places = (sentence: string) => (sentence.match(/\{\w+\}/g) ?? []).sort();
const keys = Object.keys(zh) as (keyof typeof zh)[];

describe('the words of the ways in', () => {
  it('are the same keys in both languages, none empty, with the same values in each', () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort());
    for (const key of keys) expect([key, en[key].trim() !== '', places(en[key])]).toEqual([key, true, places(zh[key])]);
  });

  it('have no Chinese in English', () => {
    expect(keys.filter((key) => /[一-鿿]/.test(en[key]))).toEqual([]);
  });
});
