import { createModelDatabase } from '../test/model-database';
import { loadPack } from '../test/sale-fixture';
import { createSchools } from './schools';

const pack = { ...loadPack('bistu'), version: 1 };
const version = (number: number, changes: Partial<typeof pack> = {}) => ({ ...pack, ...changes, version: number });

describe('rule packs in the table', () => {
  it('come back as they were published, and the pointer names the version in force', async () => {
    const schools = createSchools(createModelDatabase());
    expect(await schools.publish(pack)).toBe('published');
    expect(await schools.version('bistu')).toBe(1);
    expect(await schools.pack('bistu', 1)).toEqual(pack);
    expect([...(await schools.versions())]).toEqual([['bistu', 1]]);
  });

  it('are unchanged by publishing them again, and never go back to an older version', async () => {
    const schools = createSchools(createModelDatabase());
    await schools.publish(version(2));
    expect(await schools.publish(version(2))).toBe('unchanged');
    expect(await schools.publish(version(1))).toBe('older');
    expect(await schools.version('bistu')).toBe(2);
  });

  it('never change under one version number', async () => {
    const schools = createSchools(createModelDatabase());
    await schools.publish(pack);
    expect(await schools.publish(version(1, { aliases: ['other'] }))).toBe('differs');
    expect(await schools.pack('bistu', 1)).toEqual(pack);
  });

  it('published at once by many end with the newest in force', async () => {
    const schools = createSchools(createModelDatabase());
    await Promise.all([3, 1, 5, 2, 4].map((number) => schools.publish(version(number))));
    expect(await schools.version('bistu')).toBe(5);
  });

  it('are unknown where nothing was published', async () => {
    const schools = createSchools(createModelDatabase());
    expect(await schools.version('nowhere')).toBeUndefined();
    expect(await schools.pack('nowhere', 1)).toBeUndefined();
  });
});
