import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { rulePackSchema } from '../../../../../shared/rule-pack';
import { pageOf } from './paging';

describe('paging', () => {
  it('shows every item once, in order, over all its pages', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 30 }), (list, perPage) => {
        const { pages } = pageOf(list, { page: 1, perPage });
        const seen = Array.from({ length: pages }, (_, at) => pageOf(list, { page: at + 1, perPage }).items).flat();
        expect(seen).toEqual(list);
      }),
    );
  });

  it('stays at an end when asked to go beyond it, and an empty list has one page', () => {
    const list = [1, 2, 3, 4];
    expect(pageOf(list, { page: 9, perPage: 3 })).toMatchObject({ items: [4], page: 2, pages: 2 });
    expect(pageOf(list, { page: 0, perPage: 3 })).toMatchObject({ items: [1, 2, 3], page: 1 });
    expect(pageOf([], { page: 1, perPage: 3 })).toEqual({ items: [], page: 1, pages: 1, total: 0 });
  });

  it('SJ-15 has the eighteen articles of the help list in three pages', () => {
    const file = path.resolve(__dirname, '../../../../../packs/sjtu.json');
    const { help } = v.parse(rulePackSchema, JSON.parse(readFileSync(file, 'utf8'))).services ?? {};
    const second = pageOf(help?.articles ?? [], { page: 2, perPage: help?.perPage ?? 0 });
    expect([second.total, second.page, second.pages, second.items.length]).toEqual([18, 2, 3, 6]);
  });
});
