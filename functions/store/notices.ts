import * as v from 'valibot';
import { MOST_UNREAD, type NoticeKind, noticeKindSchema } from '../../shared/api/notices';
import { type Fen, fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { Database, TableWrite } from './table';

/** Something that a student is to know of their account, told in the app's inbox. */
export interface Notice {
  readonly schoolId: string;
  readonly accountNo: number;
  /** What makes it one notice however often it is given: "subsidy-expiring/1798732800000". Unique within the account. */
  readonly key: string;
  readonly kind: NoticeKind;
  readonly at: EpochMs;
  readonly amountFen: Fen;
  readonly expiresAt?: EpochMs;
  /** Number of the order, refund, sale or batch it is about. */
  readonly about?: string;
  /** Number of the entry it is about. */
  readonly n?: number;
}

/** `id`: its place in the inbox, which stands in an address as it is. A later notice never has a place before an earlier one's. */
export type PlacedNotice = Notice & { readonly id: string };

export interface Notices {
  /** False when a notice with this key was given already: then nothing is written. */
  addNotice(notice: Notice): Promise<boolean>;
  /** The same as two writes of a transaction, which fails when the notice was given already. */
  rows(notice: Notice): readonly TableWrite[];
  /** Newest first. `next` is the `id` to go on after. */
  ofAccount(
    schoolId: string,
    accountNo: number,
    page: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<{ readonly notices: readonly PlacedNotice[]; readonly next: string | undefined }>;
  /** Whether a notice lies there: a place that somebody made up would let later ones pass for seen. */
  has(schoolId: string, accountNo: number, id: string): Promise<boolean>;
  /** Whether a place can be one at all. */
  isPlace(id: string): boolean;
  /** Whether the notice at `id` was seen by whoever has seen everything up to `through`. */
  isRead(id: string, through: string | undefined): boolean;
  /** The newest notice that was seen; undefined where none ever was. */
  readThrough(schoolId: string, accountNo: number): Promise<string | undefined>;
  /** Notices after that place, counted up to `MOST_UNREAD`. */
  countAfter(schoolId: string, accountNo: number, id: string | undefined): Promise<number>;
  /** Only ever forward: of two phones the one that has seen more is right. False when another phone was faster; read again. */
  setReadThrough(schoolId: string, accountNo: number, change: { readonly from: string | undefined; readonly to: string }): Promise<boolean>;
}

const schema = v.object({
  sk: v.string(),
  schoolId: v.string(),
  accountNo: v.number(),
  key: v.string(),
  kind: noticeKindSchema,
  at: v.number(),
  amountFen: v.pipe(v.number(), v.safeInteger(), v.transform(fen)),
  expiresAt: v.exactOptional(v.number()),
  about: v.exactOptional(v.string()),
  n: v.exactOptional(v.number()),
});
const markSchema = v.object({ through: v.string() });

const LINE = 'NOTICE#';
const END = `${LINE}~`;
const PLACE = /^NOTICE#\d{15}#[\w./-]{1,100}$/;
const MARK = 'NOTICES-READ';

function partition(schoolId: string, accountNo: number): string {
  return `${schoolId}#ACCOUNT#${accountNo}`;
}

const idOf = (sk: string): string => Buffer.from(sk.slice(LINE.length)).toString('base64url');
const placeOf = (id: string): string => `${LINE}${Buffer.from(id, 'base64url').toString()}`;

/** The line sorts by time, the key's own row makes it one. */
function rowsOf(notice: Notice): readonly TableWrite[] {
  const pk = partition(notice.schoolId, notice.accountNo);
  const sk = `${LINE}${String(notice.at).padStart(15, '0')}#${notice.key}`;
  return [
    { table: 'records', write: { put: { pk, sk: `NOTICE-KEY#${notice.key}`, at: notice.at }, when: { is: 'absent' } } },
    { table: 'records', write: { put: { pk, sk, ...notice } } },
  ];
}

export function createNotices({ records, transact }: Pick<Database, 'records' | 'transact'>): Notices {
  return {
    async addNotice(notice) {
      const pk = partition(notice.schoolId, notice.accountNo);
      const given = await records.get({ pk, sk: `NOTICE-KEY#${notice.key}` }, { consistent: true });
      return given === undefined && (await transact(rowsOf(notice))).written;
    },
    rows: rowsOf,
    async ofAccount(schoolId, accountNo, { limit, after }) {
      const pk = partition(schoolId, accountNo);
      const found = await records.query({
        partition: { name: 'pk', value: pk },
        sort: { name: 'sk', from: LINE, to: END },
        newestFirst: true,
        limit,
        consistent: true,
        ...(after === undefined ? {} : { after: { pk, sk: placeOf(after) } }),
      });
      const notices = found.items.map((item) => {
        const { sk, ...notice } = v.parse(schema, item);
        return { ...notice, id: idOf(sk) };
      });
      return { notices, next: found.next === undefined ? undefined : idOf(String(found.next.sk)) };
    },
    isPlace: (id) => PLACE.test(placeOf(id)),
    isRead: (id, through) => through !== undefined && placeOf(id) <= placeOf(through),
    async has(schoolId, accountNo, id) {
      return (await records.get({ pk: partition(schoolId, accountNo), sk: placeOf(id) }, { consistent: true })) !== undefined;
    },
    async readThrough(schoolId, accountNo) {
      const item = await records.get({ pk: partition(schoolId, accountNo), sk: MARK }, { consistent: true });
      return item === undefined ? undefined : v.parse(markSchema, item).through;
    },
    async countAfter(schoolId, accountNo, id) {
      const { items } = await records.query({
        partition: { name: 'pk', value: partition(schoolId, accountNo) },
        // The place after it: nothing sorts between a text and the same text with a zero behind it.
        sort: { name: 'sk', from: id === undefined ? LINE : `${placeOf(id)}\u0000`, to: END },
        newestFirst: true,
        limit: MOST_UNREAD,
        consistent: true,
      });
      return items.length;
    },
    async setReadThrough(schoolId, accountNo, { from, to }) {
      const when = from === undefined ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'through', to: from } as const);
      return (await records.put({ pk: partition(schoolId, accountNo), sk: MARK, through: to }, when)).written;
    },
  };
}
