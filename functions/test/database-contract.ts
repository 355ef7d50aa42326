import type { Database, Item, TableWrite } from '../store/table';

/** The database under test, and how to wait until its indexes have caught up (at once on the engine). */
export interface Subject {
  readonly database: Database;
  readonly catchUp: () => void;
}

/**
 * What the product relies on in DynamoDB, as tests that run on the embedded engine and on the simulation's model alike:
 * what is proved on the model then holds on the engine. `partition` names are unique, so tests share one database.
 */
export function describeDatabaseContract(name: string, subject: () => Subject): void {
  describe(`database contract: ${name}`, () => {
    let count = 0;
    let pk = '';
    const passbook = () => subject().database.passbook;
    const records = () => subject().database.records;
    const transact = (writes: readonly TableWrite[], token?: string) => subject().database.transact(writes, token);
    const put = (table: 'passbook' | 'records', item: Item): TableWrite => ({ table, write: { put: item, when: { is: 'absent' } } });

    beforeEach(() => {
      count += 1;
      pk = `${name}-${Date.now()}#${count}`;
    });

    describe('one item', () => {
      it('comes back as it was put, every kind of value', async () => {
        const item = {
          pk,
          sk: 'a',
          text: '一卡通',
          amount: -1250,
          flag: true,
          nothing: null,
          hash: new Uint8Array([0, 255]),
          list: [1, ['b']],
          map: { a: { b: 1 } },
        };
        await expect(records().put(item)).resolves.toEqual({ written: true });
        await expect(records().get({ pk, sk: 'a' }, { consistent: true })).resolves.toEqual(item);
      });

      it('is not found where there is none', async () => {
        await expect(records().get({ pk, sk: 'none' }, { consistent: true })).resolves.toBeUndefined();
      });

      it('shares nothing with what was put or with what was read', async () => {
        const list = [1];
        await records().put({ pk, sk: 'a', list });
        list.push(2);
        const found = await records().get({ pk, sk: 'a' }, { consistent: true });
        // The port's items are read-only; this is what a careless caller could still do.
        (found as unknown as { list: number[] }).list.push(3);
        await expect(records().get({ pk, sk: 'a' }, { consistent: true })).resolves.toEqual({ pk, sk: 'a', list: [1] });
      });

      it('is replaced by a put without a condition', async () => {
        await records().put({ pk, sk: 'a', first: 1 });
        await expect(records().put({ pk, sk: 'a', second: 2 })).resolves.toEqual({ written: true });
        await expect(records().get({ pk, sk: 'a' }, { consistent: true })).resolves.toEqual({ pk, sk: 'a', second: 2 });
      });

      it('is put only once where it must be absent, and the first one is shown to the second', async () => {
        await expect(passbook().put({ pk, n: 1, by: 'first' }, { is: 'absent' })).resolves.toEqual({ written: true });
        await expect(passbook().put({ pk, n: 1, by: 'second' }, { is: 'absent' })).resolves.toEqual({
          written: false,
          found: { pk, n: 1, by: 'first' },
        });
        await expect(passbook().put({ pk, n: 2 }, { is: 'absent' })).resolves.toEqual({ written: true });
      });

      it('is put by exactly one of many at once', async () => {
        const results = await Promise.all(Array.from({ length: 20 }, (_, by) => passbook().put({ pk, n: 1, by }, { is: 'absent' })));
        expect(results.filter((result) => result.written)).toHaveLength(1);
      });

      it('is put only where one is, when it must be present', async () => {
        await expect(records().put({ pk, sk: 'a' }, { is: 'present' })).resolves.toEqual({ written: false, found: undefined });
        await records().put({ pk, sk: 'a' });
        await expect(records().put({ pk, sk: 'a', more: 1 }, { is: 'present' })).resolves.toEqual({ written: true });
      });

      it('is put only where an attribute equals, and an absent item or attribute never does', async () => {
        const equal = { is: 'equal', attribute: 'version', to: 1 } as const;
        await expect(records().put({ pk, sk: 'a', version: 2 }, equal)).resolves.toEqual({ written: false, found: undefined });
        await records().put({ pk, sk: 'a', other: 1 });
        await expect(records().put({ pk, sk: 'a', version: 2 }, equal)).resolves.toEqual({
          written: false,
          found: { pk, sk: 'a', other: 1 },
        });
        await records().put({ pk, sk: 'a', version: '1' });
        await expect(records().put({ pk, sk: 'a', version: 2 }, equal)).resolves.toMatchObject({ written: false });
        await records().put({ pk, sk: 'a', version: 1 });
        await expect(records().put({ pk, sk: 'a', version: 2 }, equal)).resolves.toEqual({ written: true });
      });

      it('is removed, or kept when the condition fails', async () => {
        await records().put({ pk, sk: 'a', state: 'open' });
        await expect(records().remove({ pk, sk: 'a' }, { is: 'equal', attribute: 'state', to: 'shut' })).resolves.toMatchObject({
          written: false,
        });
        await expect(records().remove({ pk, sk: 'a' }, { is: 'present' })).resolves.toEqual({ written: true });
        await expect(records().remove({ pk, sk: 'a' }, { is: 'present' })).resolves.toEqual({ written: false, found: undefined });
        await expect(records().remove({ pk, sk: 'a' })).resolves.toEqual({ written: true });
      });

      it.each<[string, Item]>([
        ['without its sort key', { pk: 'p' }],
        ['with an empty key', { pk: '', n: 1 }],
        ['with a key of another type', { pk: 'p', n: '1' }],
        ['with an index key of another type', { pk: 'p', n: 1, bookPk: 7, bookSk: 'a' }],
        ['with an empty index key', { pk: 'p', n: 1, bookPk: '', bookSk: 'a' }],
        ['above 400 KB', { pk: 'p', n: 1, text: 'x'.repeat(409_600) }],
      ])('is refused %s', async (_, item) => {
        await expect(passbook().put(item)).rejects.toMatchObject({ name: 'ValidationException' });
      });

      it('is refused with an undefined value within a map or a number that cannot be stored; an undefined attribute is left out', async () => {
        // Not what the types allow; what a mistake would send.
        const item = (more: object) => ({ pk, sk: 'a', ...more }) as unknown as Item;
        await expect(records().put(item({ gone: undefined }))).resolves.toEqual({ written: true });
        await expect(records().get({ pk, sk: 'a' }, { consistent: true })).resolves.toEqual({ pk, sk: 'a' });
        await records().remove({ pk, sk: 'a' });
        await expect(records().put(item({ map: { gone: undefined } }))).rejects.toThrow(/undefined/);
        await expect(records().put({ pk, sk: 'a', amount: Number.NaN })).rejects.toThrow();
        await expect(records().get({ pk, sk: 'a' }, { consistent: true })).resolves.toBeUndefined();
      });

      it('of exactly 400 KB is stored', async () => {
        const rest = 'pk'.length + pk.length + 'n'.length + 2 + 'text'.length;
        await expect(passbook().put({ pk, n: 1, text: 'x'.repeat(409_600 - rest) })).resolves.toEqual({ written: true });
        await expect(passbook().put({ pk, n: 2, text: 'x'.repeat(409_600 - rest + 1) })).rejects.toMatchObject({
          name: 'ValidationException',
        });
      });
    });

    describe('a query', () => {
      const partition = () => ({ name: 'pk', value: pk });
      const numbers = async (input: object) => {
        const found = await passbook().query({ partition: partition(), consistent: true, ...input });
        return { n: found.items.map((item) => item.n), next: found.next };
      };
      beforeEach(async () => {
        for (const n of [10, 2, 1, 3]) await passbook().put({ pk, n });
        await passbook().put({ pk: `${pk}-other`, n: 5 });
      });

      it('gives one partition in order of number, oldest first or newest first', async () => {
        await expect(numbers({})).resolves.toEqual({ n: [1, 2, 3, 10], next: undefined });
        await expect(numbers({ newestFirst: true })).resolves.toEqual({ n: [10, 3, 2, 1], next: undefined });
      });

      it('gives nothing of a partition that is not there', async () => {
        await expect(passbook().query({ partition: { name: 'pk', value: `${pk}-none` }, consistent: true })).resolves.toEqual({
          items: [],
          next: undefined,
        });
      });

      it.each([
        [{ from: 2 }, [2, 3, 10]],
        [{ to: 3 }, [1, 2, 3]],
        [{ from: 2, to: 3 }, [2, 3]],
        [{ from: 4, to: 9 }, []],
        [{ from: 3, to: 3 }, [3]],
        [{ to: 0 }, []],
      ])('gives a range with its ends: %j', async (range, wanted) => {
        const sort = { name: 'n', ...range };
        expect((await numbers({ sort })).n).toEqual(wanted);
        expect((await numbers({ sort, newestFirst: true })).n).toEqual([...wanted].reverse());
      });

      it('gives a page at a time and goes on after it, in both directions', async () => {
        const first = await numbers({ limit: 2 });
        expect(first).toEqual({ n: [1, 2], next: { pk, n: 2 } });
        expect((await numbers({ limit: 2, after: first.next })).n).toEqual([3, 10]);
        const newest = await numbers({ limit: 3, newestFirst: true });
        expect(newest.n).toEqual([10, 3, 2]);
        expect(await numbers({ limit: 3, newestFirst: true, after: newest.next })).toEqual({ n: [1], next: undefined });
      });

      it('goes on after a key within a range', async () => {
        const sort = { name: 'n', from: 2, to: 10 };
        const first = await numbers({ limit: 1, sort });
        expect(first.n).toEqual([2]);
        expect((await numbers({ limit: 5, sort, after: first.next })).n).toEqual([3, 10]);
      });

      it('says that there may be more when the page is exactly full', async () => {
        expect((await numbers({ limit: 4 })).next).toEqual({ pk, n: 10 });
      });

      it('is refused with bounds in the wrong order, a limit of 0 or a name that is not the key', async () => {
        await expect(numbers({ sort: { name: 'n', from: 3, to: 2 } })).rejects.toMatchObject({ name: 'ValidationException' });
        await expect(numbers({ limit: 0 })).rejects.toMatchObject({ name: 'ValidationException' });
        await expect(numbers({ sort: { name: 'm', from: 1 } })).rejects.toMatchObject({ name: 'ValidationException' });
        await expect(passbook().query({ partition: { name: 'kp', value: pk } })).rejects.toMatchObject({ name: 'ValidationException' });
      });

      it('sorts text keys by their characters, not by length', async () => {
        for (const sk of ['10', '2', 'B', 'a', '1']) await records().put({ pk, sk });
        const found = await records().query({ partition: partition(), consistent: true });
        expect(found.items.map((item) => item.sk)).toEqual(['1', '10', '2', 'B', 'a']);
      });

      it('stops at 1 MB and goes on from there', async () => {
        for (let n = 1; n <= 4; n += 1) await passbook().put({ pk: `${pk}-big`, n, text: 'x'.repeat(350_000) });
        const seen: unknown[] = [];
        let after: Record<string, string | number> | undefined;
        let pages = 0;
        do {
          const found = await passbook().query({
            partition: { name: 'pk', value: `${pk}-big` },
            consistent: true,
            ...(after && { after }),
          });
          seen.push(...found.items.map((item) => item.n));
          after = found.next;
          pages += 1;
        } while (after !== undefined && pages < 10);
        expect(seen).toEqual([1, 2, 3, 4]);
        expect(pages).toBeGreaterThan(1);
      });
    });

    describe('an index', () => {
      const book = async (more: object = {}) => {
        subject().catchUp();
        return passbook().query({ index: 'book', partition: { name: 'bookPk', value: `${pk}/day` }, ...more });
      };

      it('holds only items that carry its keys, in its own order, with the attributes of the book', async () => {
        await passbook().put({
          pk,
          n: 1,
          id: 'a',
          kind: 'charge',
          legs: [['card', -1]],
          balances: { card: 9 },
          bookPk: `${pk}/day`,
          bookSk: '2',
        });
        await passbook().put({ pk, n: 2, id: 'b', kind: 'charge', merchant: 3, recordedAt: 5, bookPk: `${pk}/day`, bookSk: '1' });
        await passbook().put({ pk, n: 3, id: 'c', kind: 'opened' });
        await passbook().put({ pk, n: 4, id: 'd', kind: 'fence', bookPk: `${pk}/day` });
        const found = await book();
        expect(found.items).toEqual([
          { pk, n: 2, id: 'b', kind: 'charge', merchant: 3, recordedAt: 5, bookPk: `${pk}/day`, bookSk: '1' },
          { pk, n: 1, id: 'a', kind: 'charge', legs: [['card', -1]], bookPk: `${pk}/day`, bookSk: '2' },
        ]);
      });

      it('keeps two items that have the same place', async () => {
        await passbook().put({ pk, n: 1, bookPk: `${pk}/day`, bookSk: '1' });
        await passbook().put({ pk, n: 2, bookPk: `${pk}/day`, bookSk: '1' });
        expect((await book()).items.map((item) => Number(item.n)).sort()).toEqual([1, 2]);
      });

      it('is read a page at a time, ranges and newest first included', async () => {
        for (let n = 1; n <= 5; n += 1) await passbook().put({ pk, n, bookPk: `${pk}/day`, bookSk: `s${n}` });
        const first = await book({ limit: 2 });
        expect(first.items.map((item) => item.n)).toEqual([1, 2]);
        expect(first.next).toEqual({ pk, n: 2, bookPk: `${pk}/day`, bookSk: 's2' });
        expect((await book({ limit: 9, after: first.next })).items.map((item) => item.n)).toEqual([3, 4, 5]);
        const some = await book({ newestFirst: true, sort: { name: 'bookSk', from: 's2', to: 's4' } });
        expect(some.items.map((item) => item.n)).toEqual([4, 3, 2]);
      });

      it('lets an item go that loses its key or is removed', async () => {
        const due = async () => {
          subject().catchUp();
          const found = await records().query({ index: 'due', partition: { name: 'duePk', value: pk }, sort: { name: 'dueAt', to: 100 } });
          return found.items;
        };
        await records().put({ pk, sk: 'a', duePk: pk, dueAt: 20, secret: 'not in the index' });
        await records().put({ pk, sk: 'b', duePk: pk, dueAt: 10 });
        await records().put({ pk, sk: 'c', duePk: pk, dueAt: 101 });
        expect(await due()).toEqual([
          { pk, sk: 'b', duePk: pk, dueAt: 10 },
          { pk, sk: 'a', duePk: pk, dueAt: 20 },
        ]);
        await records().put({ pk, sk: 'a', state: 'settled' });
        expect((await due()).map((item) => item.sk)).toEqual(['b']);
        await records().put({ pk, sk: 'b', duePk: pk, dueAt: 30 });
        expect((await due()).map((item) => item.dueAt)).toEqual([30]);
        await records().remove({ pk, sk: 'b' });
        expect(await due()).toEqual([]);
      });

      it('cannot be read consistently', async () => {
        await expect(book({ consistent: true })).rejects.toMatchObject({ name: 'ValidationException' });
      });

      it('must be one the table has', async () => {
        await expect(passbook().query({ index: 'due', partition: { name: 'duePk', value: 'x' } })).rejects.toThrow();
      });
    });

    describe('a transaction', () => {
      it('writes to both tables, or to none and says which condition failed and on what', async () => {
        await expect(transact([put('passbook', { pk, n: 1 }), put('records', { pk, sk: 'order', state: 'paid' })])).resolves.toEqual({
          written: true,
        });
        await expect(transact([put('passbook', { pk, n: 2 }), put('records', { pk, sk: 'order' })])).resolves.toEqual({
          written: false,
          failed: 1,
          found: { pk, sk: 'order', state: 'paid' },
        });
        await expect(passbook().query({ partition: { name: 'pk', value: pk }, consistent: true })).resolves.toMatchObject({
          items: [{ n: 1 }],
        });
      });

      it('checks without writing, and removes', async () => {
        await records().put({ pk, sk: 'session', version: 1 });
        const check = (to: number): TableWrite => ({
          table: 'records',
          write: { check: { pk, sk: 'session' }, when: { is: 'equal', attribute: 'version', to } },
        });
        await expect(transact([check(2), put('records', { pk, sk: 'new' })])).resolves.toMatchObject({ written: false, failed: 0 });
        await expect(transact([check(1), put('records', { pk, sk: 'new' })])).resolves.toEqual({ written: true });
        await expect(
          transact([
            { table: 'records', write: { remove: { pk, sk: 'session' }, when: { is: 'present' } } },
            { table: 'records', write: { put: { pk, sk: 'new', more: 1 } } },
          ]),
        ).resolves.toEqual({ written: true });
        await expect(records().get({ pk, sk: 'session' }, { consistent: true })).resolves.toBeUndefined();
        await expect(records().get({ pk, sk: 'new' }, { consistent: true })).resolves.toEqual({ pk, sk: 'new', more: 1 });
      });

      it('names the first condition that failed when several did', async () => {
        await records().put({ pk, sk: 'a' });
        await records().put({ pk, sk: 'b' });
        const result = await transact([put('records', { pk, sk: 'c' }), put('records', { pk, sk: 'a' }), put('records', { pk, sk: 'b' })]);
        expect(result).toEqual({ written: false, failed: 1, found: { pk, sk: 'a' } });
      });

      it('of many at once lets one through', async () => {
        const results = await Promise.all(
          Array.from({ length: 10 }, (_, by) => transact([put('passbook', { pk, n: 1, by }), put('records', { pk, sk: `order-${by}` })])),
        );
        expect(results.filter((result) => result.written)).toHaveLength(1);
        const { items } = await records().query({ partition: { name: 'pk', value: pk }, consistent: true });
        expect(items).toHaveLength(1);
      });

      it('repeated with its token is done once; with the token and other writes it is refused', async () => {
        const writes: TableWrite[] = [{ table: 'records', write: { put: { pk, sk: 'a', by: 1 } } }];
        const token = `token-${pk}`.slice(-36);
        await expect(transact(writes, token)).resolves.toEqual({ written: true });
        await records().put({ pk, sk: 'a', by: 2 });
        await expect(transact(writes, token)).resolves.toEqual({ written: true });
        await expect(records().get({ pk, sk: 'a' }, { consistent: true })).resolves.toMatchObject({ by: 2 });
        await expect(transact([{ table: 'records', write: { put: { pk, sk: 'b' } } }], token)).rejects.toMatchObject({
          name: 'IdempotentParameterMismatchException',
        });
      });

      it('that failed can be tried again with its token', async () => {
        await records().put({ pk, sk: 'a' });
        const writes = [put('records', { pk, sk: 'a' })];
        const token = `again-${pk}`.slice(-36);
        await expect(transact(writes, token)).resolves.toMatchObject({ written: false });
        await records().remove({ pk, sk: 'a' });
        await expect(transact(writes, token)).resolves.toEqual({ written: true });
      });

      it('is refused when empty, above 100 writes, naming an item twice, or with an item that cannot be stored', async () => {
        await expect(transact([])).rejects.toMatchObject({ name: 'ValidationException' });
        const many = (count: number) => Array.from({ length: count }, (_, index) => put('records', { pk, sk: `m${index}` }));
        await expect(transact(many(101))).rejects.toMatchObject({ name: 'ValidationException' });
        await expect(transact(many(100))).resolves.toEqual({ written: true });
        await expect(transact([put('records', { pk, sk: 'x' }), put('records', { pk, sk: 'x' })])).rejects.toMatchObject({
          name: 'ValidationException',
        });
        await expect(transact([put('records', { pk, sk: 'y' }), put('passbook', { pk })])).rejects.toThrow();
        await expect(records().get({ pk, sk: 'y' }, { consistent: true })).resolves.toBeUndefined();
      });
    });
  });
}
