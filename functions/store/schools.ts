import * as v from 'valibot';
import { type RulePack, rulePackSchema } from '../../shared/rule-pack';
import type { Database, Key } from './table';

/**
 * Rule packs as rows: each version is written once and never changed, a pointer says which is in force. All pointers
 * lie in one partition (the deployment's, no school's), because the list of schools is asked for before any is chosen.
 */
export interface Schools {
  /** Versions in force, by school id; strongly consistent. */
  versions(): Promise<ReadonlyMap<string, number>>;
  version(schoolId: string): Promise<number | undefined>;
  /** A pack never changes once it is there: callers may keep it for ever. */
  pack(schoolId: string, version: number): Promise<RulePack | undefined>;
  /**
   * Writes the pack and points to it, unless a newer one is in force. 'differs' when this version was published with
   * other content: a change needs a new version number.
   */
  publish(pack: RulePack): Promise<'published' | 'unchanged' | 'older' | 'differs'>;
}

const POINTERS = 'SCHOOLS';
const pointerSchema = v.object({ sk: v.string(), version: v.number() });
const rowSchema = v.object({ pack: v.pipe(v.string(), v.parseJson(), rulePackSchema) });

function packKey(schoolId: string, version: number) {
  return { pk: `${schoolId}#PACK`, sk: `VERSION#${String(version).padStart(6, '0')}` };
}

export function createSchools({ records }: Database): Schools {
  const store: Schools = {
    async versions() {
      const found = new Map<string, number>();
      let after: Key | undefined;
      do {
        const page = await records.query({
          partition: { name: 'pk', value: POINTERS },
          consistent: true,
          ...(after === undefined ? {} : { after }),
        });
        for (const item of page.items) {
          const { sk, version } = v.parse(pointerSchema, item);
          found.set(sk, version);
        }
        after = page.next;
      } while (after !== undefined);
      return found;
    },
    async version(schoolId) {
      const item = await records.get({ pk: POINTERS, sk: schoolId }, { consistent: true });
      return item === undefined ? undefined : v.parse(pointerSchema, item).version;
    },
    async pack(schoolId, version) {
      const item = await records.get(packKey(schoolId, version), { consistent: true });
      return item === undefined ? undefined : v.parse(rowSchema, item).pack;
    },
    async publish(pack) {
      const text = JSON.stringify(pack);
      const row = await records.put({ ...packKey(pack.schoolId, pack.version), pack: text }, { is: 'absent' });
      if (!row.written && row.found?.pack !== text) return 'differs';
      for (let tries = 0; tries < 20; tries += 1) {
        const current = await store.version(pack.schoolId);
        if (current === pack.version) return 'unchanged';
        if (current !== undefined && current > pack.version) return 'older';
        const pointer = { pk: POINTERS, sk: pack.schoolId, version: pack.version };
        const when = current === undefined ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: current } as const);
        if ((await records.put(pointer, when)).written) return 'published';
      }
      throw new Error(`the pointer of ${pack.schoolId} is being changed by others`);
    },
  };
  return store;
}
