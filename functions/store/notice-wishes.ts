import * as v from 'valibot';
import { fen } from '../../shared/money';
import { NO_WISHES, NOTICE_SWITCHES, type NoticeWishes } from '../domain/notice-rules';
import type { Database } from './table';

/** What a holder wants to be told of: one row an account, which most never write. */
export interface NoticeWishRows {
  /** Eventually consistent where nothing depends on the last second. */
  find(schoolId: string, accountNo: number, options?: { readonly consistent?: boolean }): Promise<NoticeWishes>;
  save(schoolId: string, accountNo: number, wishes: NoticeWishes): Promise<void>;
}

const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const schema = v.object({
  off: v.array(v.picklist(NOTICE_SWITCHES)),
  lowBalanceFen: v.exactOptional(fenSchema),
  largeSpendFen: v.exactOptional(fenSchema),
});

function key(schoolId: string, accountNo: number) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: 'NOTICE-WISHES' };
}

export function createNoticeWishes({ records }: Pick<Database, 'records'>): NoticeWishRows {
  return {
    async find(schoolId, accountNo, { consistent = false } = {}) {
      const item = await records.get(key(schoolId, accountNo), { consistent });
      return item === undefined ? NO_WISHES : v.parse(schema, item);
    },
    // The whole page of settings is saved at once, so the last word is the holder's.
    save: async (schoolId, accountNo, wishes) => void (await records.put({ ...key(schoolId, accountNo), ...wishes })),
  };
}
