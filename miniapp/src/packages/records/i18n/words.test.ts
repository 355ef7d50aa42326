import { en } from './en';
import { zh } from './zh';

const places = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('the words of the records', () => {
  it('have the same places in both languages', () => {
    for (const [key, sentence] of Object.entries(zh)) expect([key, places(en[key as keyof typeof zh])]).toEqual([key, places(sentence)]);
  });

  it('are Chinese in one and have none in the other', () => {
    expect(Object.values(en).filter((sentence) => /[\u4e00-\u9fff]/.test(sentence))).toEqual([]);
    expect(
      Object.entries(zh)
        .filter(([, sentence]) => !/[\u4e00-\u9fff]/.test(sentence))
        .map(([key]) => key),
    ).toEqual(['receipt.line']);
  });
});
