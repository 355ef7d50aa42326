import { DELETION_BLOCKS } from '../../../../../shared/api/my-data';
import { en } from '../i18n/en';
import { zh } from '../i18n/zh';
import { leadOfBlock } from './deletion-blocks';

describe('what stands in the way of a deletion', () => {
  it('has words in both languages, whatever it is', () => {
    for (const code of DELETION_BLOCKS) expect([zh[`data.block-${code}`], en[`data.block-${code}`]].every(Boolean)).toBe(true);
  });

  it('leads to where it is ended, but what only time or the desk ends', () => {
    expect(DELETION_BLOCKS.filter((code) => leadOfBlock(code) === undefined)).toEqual(['subsidy', 'hold']);
  });
});
