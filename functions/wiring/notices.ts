import type { NoticesDeps } from '../operations/read-notices';
import { createNoticeWishes } from '../store/notice-wishes';
import { createNotices } from '../store/notices';
import type { MoneyParts } from './money-parts';

/** What the inbox and its settings borrow from the world. */
export function createNoticesDeps({ database, common }: Pick<MoneyParts, 'database' | 'common'>): NoticesDeps {
  return { packOf: common.packOf, notices: createNotices(database), wishes: createNoticeWishes(database) };
}
