import { createModelDatabase, type ModelDatabase } from '../test/model-database';
import { createHolders, type Holder, type Holders } from './holders';

const holder: Holder = {
  schoolId: 'bistu',
  accountNo: 7,
  number: 'N7',
  name: '测试·甲',
  kind: 'student',
  idTail: '',
  mobile: '',
  cardNumbers: [],
  passwordHash: null,
  passwordChangedAt: null,
  provenAt: null,
  links: {},
  version: 1,
};

let database: ModelDatabase;
let holders: Holders;
beforeEach(async () => {
  database = createModelDatabase();
  holders = createHolders(database);
  expect((await database.transact(holders.newRows(holder))).written).toBe(true);
});

describe('a holder in the table', () => {
  it('comes back as it was written, and is found by number', async () => {
    expect(await holders.find('bistu', 7)).toEqual(holder);
    expect(await holders.accountOf('bistu', 'N7')).toBe(7);
  });

  it('is of one school only', async () => {
    expect(await holders.find('dufl', 7)).toBeUndefined();
    expect(await holders.accountOf('dufl', 'N7')).toBeUndefined();
  });

  it.each([
    ['account', { ...holder, number: 'N8' }],
    ['number', { ...holder, accountNo: 8 }],
  ])('is never written over one with the same %s', async (_name, other) => {
    expect((await database.transact(holders.newRows(other))).written).toBe(false);
    expect(await holders.find('bistu', 7)).toEqual(holder);
    expect(await holders.find('bistu', 8)).toBeUndefined();
  });

  it('is changed only over the version it was read with', async () => {
    expect(await holders.save({ ...holder, name: '测试·乙', links: { wechat: { appId: 'a', openid: 'o' } } })).toBe(true);
    expect(await holders.save({ ...holder, name: '测试·丙' })).toBe(false);
    expect(await holders.find('bistu', 7)).toMatchObject({ name: '测试·乙', version: 2, links: { wechat: { appId: 'a', openid: 'o' } } });
  });
});
