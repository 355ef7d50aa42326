import { createModelDatabase } from '../test/model-database';
import { createLinks } from './links';

const link = { schoolId: 'bistu', target: 'wechat', appId: 'wx', openid: 'o', accountNo: 7 } as const;

describe('a linked identity in the table', () => {
  it('is one holder’s, and is not taken over by a second write', async () => {
    const database = createModelDatabase();
    const links = createLinks(database);
    expect((await database.transact([links.newRow(link)])).written).toBe(true);
    expect((await database.transact([links.newRow({ ...link, accountNo: 8 })])).written).toBe(false);
    expect(await links.accountOf(link)).toBe(7);
  });

  it('is taken away only by the holder it belongs to', async () => {
    const database = createModelDatabase();
    const links = createLinks(database);
    await database.transact([links.newRow(link)]);
    expect((await database.transact([links.removedRow({ ...link, accountNo: 8 })])).written).toBe(false);
    expect((await database.transact([links.removedRow(link)])).written).toBe(true);
    expect(await links.accountOf(link)).toBeUndefined();
  });

  it('is another one at another school, of another vendor and in another app', async () => {
    const database = createModelDatabase();
    const links = createLinks(database);
    const names = [
      link,
      { ...link, schoolId: 'dufl' },
      { ...link, target: 'alipay' as const },
      { ...link, appId: 'wx2' },
      { ...link, openid: 'p' },
    ];
    for (const name of names) expect((await database.transact([links.newRow(name)])).written).toBe(true);
  });
});
