import * as v from 'valibot';
import { type NoticeKind, noticeKindSchema } from '../../shared/api/money-flow';
import { type Fen, fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { Database, TableWrite } from './table';

/** Something that happened to a student's money without their doing, told in the app's inbox. */
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
}

export interface Notices {
  /** False when a notice with this key was given already: then nothing is written. */
  addNotice(notice: Notice): Promise<boolean>;
  /** The same as two writes of a transaction, which fails when the notice was given already. */
  rows(notice: Notice): readonly TableWrite[];
  /** Newest first. `next` stands in an address as it is. */
  ofAccount(
    schoolId: string,
    accountNo: number,
    page: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<{ readonly notices: readonly Notice[]; readonly next: string | undefined }>;
}

const schema = v.object({
  schoolId: v.string(),
  accountNo: v.number(),
  key: v.string(),
  kind: noticeKindSchema,
  at: v.number(),
  amountFen: v.pipe(v.number(), v.safeInteger(), v.transform(fen)),
  expiresAt: v.exactOptional(v.number()),
  about: v.exactOptional(v.string()),
});

const LINE = 'NOTICE#';

function partition(schoolId: string, accountNo: number): string {
  return `${schoolId}#ACCOUNT#${accountNo}`;
}

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
        sort: { name: 'sk', from: LINE, to: `${LINE}~` },
        newestFirst: true,
        limit,
        consistent: true,
        ...(after === undefined ? {} : { after: { pk, sk: `${LINE}${Buffer.from(after, 'base64url').toString()}` } }),
      });
      const next = found.next === undefined ? undefined : Buffer.from(String(found.next.sk).slice(LINE.length)).toString('base64url');
      return { notices: found.items.map((item) => v.parse(schema, item)), next };
    },
  };
}
