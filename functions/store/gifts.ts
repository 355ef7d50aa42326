import * as v from 'valibot';
import { fen } from '../../shared/money';
import type { Gift } from '../domain/gift';
import type { Database, Item, TableWrite } from './table';

/** Gift links: one row each, and a line under the account of its owner. Their orders are listed by `orders.ofGift`. */
export interface Gifts {
  /** Strongly consistent. */
  find(schoolId: string, giftId: string): Promise<Gift | undefined>;
  /** Writes the row and its line; when it is there already, answers it. */
  insert(gift: Gift): Promise<Gift | undefined>;
  /** The write of the gift over the version it was read with. */
  changedRow(gift: Gift): TableWrite;
  /** False when somebody else has changed it since it was read. */
  save(gift: Gift): Promise<boolean>;
  /** Of one owner, newest first. `next` is `after` of the next page. */
  ofAccount(
    schoolId: string,
    accountNo: number,
    page: { readonly limit: number; readonly after?: string },
  ): Promise<{ readonly gifts: readonly Gift[]; readonly next: string | undefined }>;
}

const schema = v.object({
  schoolId: v.string(),
  giftId: v.string(),
  accountNo: v.number(),
  maxTotalFen: v.pipe(v.number(), v.safeInteger(), v.transform(fen)),
  note: v.string(),
  createdAt: v.number(),
  expiresAt: v.number(),
  endedAt: v.exactOptional(v.number()),
  version: v.number(),
});

function key(schoolId: string, giftId: string) {
  return { pk: `${schoolId}#GIFT#${giftId}`, sk: 'GIFT' };
}

function line({ schoolId, giftId, accountNo, createdAt }: Gift): Item {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: `GIFT#${String(createdAt).padStart(15, '0')}#${giftId}`, schoolId, giftId };
}

export function createGifts({ records, transact }: Pick<Database, 'records' | 'transact'>): Gifts {
  const find = async (schoolId: string, giftId: string): Promise<Gift | undefined> => {
    const item = await records.get(key(schoolId, giftId), { consistent: true });
    return item === undefined ? undefined : v.parse(schema, item);
  };
  const change = (gift: Gift) => ({
    put: { ...key(gift.schoolId, gift.giftId), ...gift, version: gift.version + 1 },
    when: { is: 'equal', attribute: 'version', to: gift.version } as const,
  });
  return {
    find,
    async insert(gift) {
      const put = { ...key(gift.schoolId, gift.giftId), ...gift };
      const result = await transact([
        { table: 'records', write: { put, when: { is: 'absent' } } },
        { table: 'records', write: { put: line(gift) } },
      ]);
      return result.written ? undefined : find(gift.schoolId, gift.giftId);
    },
    changedRow: (gift) => ({ table: 'records', write: change(gift) }),
    async save(gift) {
      const { put, when } = change(gift);
      return (await records.put(put, when)).written;
    },
    async ofAccount(schoolId, accountNo, { limit, after }) {
      const pk = `${schoolId}#ACCOUNT#${accountNo}`;
      const found = await records.query({
        partition: { name: 'pk', value: pk },
        sort: { name: 'sk', from: 'GIFT#', to: 'GIFT#~' },
        newestFirst: true,
        limit,
        consistent: true,
        ...(after === undefined ? {} : { after: { pk, sk: `GIFT#${after.replace('.', '#')}` } }),
      });
      const rows = await Promise.all(found.items.map(({ giftId }) => find(schoolId, String(giftId))));
      const next = found.next === undefined ? undefined : String(found.next.sk).slice('GIFT#'.length).replace('#', '.');
      return { gifts: rows.flatMap((row) => (row === undefined ? [] : [row])), next };
    },
  };
}
