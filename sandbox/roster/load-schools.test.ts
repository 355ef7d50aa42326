import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createHolders } from '../../functions/store/holders';
import { createSchools } from '../../functions/store/schools';
import { createModelDatabase } from '../../functions/test/model-database';
import { loadSchools } from './load-schools';
import { demoPerson } from './people';

describe('loading the schools', () => {
  it('publishes four packs and imports their cardholders; the second time nothing changes', async () => {
    const database = createModelDatabase();
    const input = {
      database,
      packsFolder: path.resolve(__dirname, '../../packs'),
      fieldKeys: { current: 'k1', keys: { k1: randomBytes(32) } },
      cardholders: 60,
    };
    const first = await loadSchools(input);
    expect(first.map(({ pack, loaded, roster }) => [pack.schoolId, loaded.result, roster.opened, roster.errors.length])).toEqual([
      ['bistu', 'published', 60, 0],
      ['dufl', 'published', 60, 0],
      ['shanghaitech', 'published', 60, 0],
      ['sjtu', 'published', 60, 0],
    ]);
    const size = [...database.all('records')].length;
    const second = await loadSchools(input);
    expect(second.map(({ loaded, roster }) => [loaded.result, roster.opened, roster.unchanged])).toEqual(
      Array(4).fill(['unchanged', 0, 60]),
    );
    expect([...database.all('records')]).toHaveLength(size);
    expect((await createSchools(database).versions()).size).toBe(4);
    const { number } = demoPerson('shanghaitech', 'student');
    expect(await createHolders(database).accountOf('shanghaitech', number)).toBeGreaterThan(0);
  });
});
