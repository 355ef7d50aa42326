import { createModelDatabase } from '../test/model-database';
import { type Binding, createBindings } from './bindings';

const app = (bindingId: string, boundAt: number, slot: number): Binding => ({
  ...{ schoolId: 'bistu', accountNo: 7, platform: 'wechat-mini', appId: 'wx', openid: `of ${bindingId}` },
  ...{ bindingId, slot, boundAt, deviceLabel: 'Test phone', removedAt: undefined },
});

describe('the apps of an account in the table', () => {
  it('are told oldest first, whatever their ids are; those of one millisecond by their place', async () => {
    const database = createModelDatabase();
    const bindings = createBindings(database);
    const [oldest, first, second, newest] = [app('z', 1_000, 3), app('y', 2_000, 0), app('a', 2_000, 1), app('b', 3_000, 2)];
    for (const binding of [newest, second, oldest, first]) await database.transact([bindings.newRow(binding)]);
    expect(await bindings.list('bistu', 7)).toEqual([oldest, first, second, newest]);

    await database.transact([bindings.removedRow(first, 4_000)]);
    expect(await bindings.list('bistu', 7)).toEqual([oldest, second, newest]);
    expect(await bindings.listAll('bistu', 7)).toEqual([oldest, { ...first, removedAt: 4_000 }, second, newest]);
  });
});
