import * as v from 'valibot';
import { type Fen, fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { Database, Key } from './table';

/** One use of a purse at a controller, as it was told and proven: a permanent row by controller and serial. */
export interface PurseUse {
  readonly schoolId: string;
  readonly terminal: number;
  readonly serial: number;
  readonly merchant: number;
  readonly card: string;
  readonly accountNo: number;
  readonly issue: number;
  readonly loadedFen: Fen;
  readonly spentFen: Fen;
  readonly counter: number;
  readonly usedAt: EpochMs;
  /** `stored`: the books do not know of it yet. */
  readonly state: 'stored' | 'settled' | 'refused';
  /** Of a refused one. */
  readonly code?: 'purse.other-state' | 'account.unknown';
  /** When it came to us: until it is settled, its place in what waits. */
  readonly storedAt: EpochMs;
  readonly version: number;
}

/** Names a use in the `due` index, which holds keys only and may lag behind the row. */
export type PurseUseName = Pick<PurseUse, 'schoolId' | 'terminal' | 'serial'>;

export interface PurseUses {
  /** Strongly consistent. */
  find(name: PurseUseName): Promise<PurseUse | undefined>;
  /** Writes the row when there is none; answers the one that is there. */
  insert(use: PurseUse): Promise<PurseUse>;
  /** Writes the next version; false when somebody else has changed it since it was read. */
  replace(next: PurseUse): Promise<boolean>;
  /** What waits to be settled, of all schools, oldest first, a part at a time. */
  waiting(after?: Key): Promise<{ readonly uses: readonly PurseUseName[]; readonly next: Key | undefined }>;
}

const whole = v.pipe(v.number(), v.integer());
const amount = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const schema = v.object({
  schoolId: v.string(),
  terminal: whole,
  serial: whole,
  merchant: whole,
  card: v.string(),
  accountNo: whole,
  issue: whole,
  loadedFen: amount,
  spentFen: amount,
  counter: whole,
  usedAt: whole,
  state: v.picklist(['stored', 'settled', 'refused']),
  code: v.exactOptional(v.picklist(['purse.other-state', 'account.unknown'])),
  storedAt: whole,
  version: whole,
});

const DUE = 'due-purse-use';
const PAGE = 50;
const NAME = /^(.+)#PURSE-USES#(\d+)$/;

function key({ schoolId, terminal, serial }: PurseUseName) {
  return { pk: `${schoolId}#PURSE-USES#${terminal}`, sk: String(serial).padStart(9, '0') };
}

export function createPurseUses({ records }: Pick<Database, 'records'>): PurseUses {
  const put = (use: PurseUse) => ({ ...key(use), ...use, ...(use.state === 'stored' ? { duePk: DUE, dueAt: use.storedAt } : {}) });
  return {
    async find(name) {
      const item = await records.get(key(name), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    async insert(use) {
      const result = await records.put(put(use), { is: 'absent' });
      return result.written || result.found === undefined ? use : v.parse(schema, result.found);
    },
    async replace(next) {
      return (await records.put(put(next), { is: 'equal', attribute: 'version', to: next.version - 1 })).written;
    },
    async waiting(after) {
      const found = await records.query({
        index: 'due',
        partition: { name: 'duePk', value: DUE },
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      return { uses: found.items.map(({ pk, sk }) => nameOf(String(pk), String(sk))), next: found.next };
    },
  };
}

/** @throws Error on a key of something else */
function nameOf(pk: string, sk: string): PurseUseName {
  const [, schoolId, terminal] = NAME.exec(pk) ?? [];
  if (schoolId === undefined) throw new Error(`no use of a purse: ${pk}`);
  return { schoolId, terminal: Number(terminal), serial: Number(sk) };
}
