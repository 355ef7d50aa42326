import type { Database, Table } from '../store/table';

export class Crash extends Error {}

/**
 * A database in which the process dies at the n-th call: before it takes effect, or after it with its answer lost.
 * Every later call of the same process fails too, as a dead process makes none.
 */
export function faultyDatabase(
  inner: Database,
  die: { readonly at: number; readonly moment: 'before' | 'after' },
): Database & { calls(): number } {
  let calls = 0;
  async function run<T>(call: () => Promise<T>): Promise<T> {
    calls += 1;
    if (calls > die.at || (calls === die.at && die.moment === 'before')) throw new Crash();
    const answer = await call();
    if (calls === die.at) throw new Crash();
    return answer;
  }
  const table = (name: 'passbook' | 'records'): Table => ({
    get: (key, options) => run(() => inner[name].get(key, options)),
    query: (input) => run(() => inner[name].query(input)),
    put: (item, when) => run(() => inner[name].put(item, when)),
    remove: (key, when) => run(() => inner[name].remove(key, when)),
  });
  return {
    passbook: table('passbook'),
    records: table('records'),
    transact: (writes, token) => run(() => inner.transact(writes, token)),
    calls: () => calls,
  };
}
