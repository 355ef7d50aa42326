import * as v from 'valibot';
import { readStored, writeStored } from './stored';

const schema = v.object({ n: v.number() });
function drawer() {
  const kept = new Map<string, string>();
  return {
    kept,
    storage: {
      read: (key: string) => kept.get(key),
      write: (key: string, value: string) => void kept.set(key, value),
      remove: (key: string) => void kept.delete(key),
    },
  };
}

describe('what the phone keeps', () => {
  it('comes back as it was written', () => {
    const { storage } = drawer();
    writeStored(storage, 'a', { n: 1 });
    expect(readStored(storage, 'a', schema)).toEqual({ n: 1 });
  });

  it('is as if it were not there when it is of another form, or not JSON at all', () => {
    const { storage, kept } = drawer();
    kept.set('a', '{"n":"1"}').set('b', '{');
    expect([readStored(storage, 'a', schema), readStored(storage, 'b', schema), readStored(storage, 'c', schema)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is removed when set to nothing', () => {
    const { storage, kept } = drawer();
    writeStored(storage, 'a', { n: 1 });
    writeStored(storage, 'a', null);
    expect(kept.size).toBe(0);
  });

  it('never breaks a screen when the drawer is full or locked', () => {
    const locked = () => {
      throw new Error('QuotaExceededError');
    };
    const storage = { read: locked, write: locked, remove: locked };
    expect(() => writeStored(storage, 'a', { n: 1 })).not.toThrow();
    expect(readStored(storage, 'a', schema)).toBeUndefined();
  });
});
