import { cached } from './cache';

describe('a cache', () => {
  let now = 0;
  const clock = () => now;
  beforeEach(() => {
    now = 0;
  });

  it('loads once while it is fresh, and again from the moment it is not', async () => {
    let loads = 0;
    const load = async (key: string) => {
      loads += 1;
      return `${key}${loads}`;
    };
    const get = cached(load, { clock, maxAgeMs: 10, maxEntries: 5 });
    expect(await get('a')).toBe('a1');
    now = 9;
    expect(await get('a')).toBe('a1');
    now = 10;
    expect(await get('a')).toBe('a2');
  });

  it('shares one load among callers at one moment', async () => {
    let loads = 0;
    const load = async () => {
      loads += 1;
      return loads;
    };
    const get = cached(load, { clock, maxAgeMs: 10, maxEntries: 5 });
    expect(await Promise.all([get('a'), get('a'), get('a')])).toEqual([1, 1, 1]);
  });

  it('remembers neither nothing nor a failure', async () => {
    const answers = [undefined, new Error('no'), 'found'];
    const get = cached(
      async () => {
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer;
      },
      { clock, maxAgeMs: 10, maxEntries: 5 },
    );
    expect(await get('a')).toBeUndefined();
    await expect(get('a')).rejects.toThrow('no');
    expect(await get('a')).toBe('found');
  });

  it('forgets the oldest when it is full', async () => {
    const loads: string[] = [];
    const get = cached(
      async (key: string) => {
        loads.push(key);
        return key;
      },
      { clock, maxAgeMs: 10, maxEntries: 2 },
    );
    for (const key of ['a', 'b', 'c', 'c', 'b', 'a']) await get(key);
    expect(loads).toEqual(['a', 'b', 'c', 'a']);
  });
});
