import { topicOf } from '../../shared/api/messages';
import type { RulePack } from '../../shared/rule-pack';
import type { Entry } from '../domain/entry';
import { mayBeTold, noticesOf } from '../domain/entry-notices';
import { noticeRules } from '../domain/notice-rules';
import type { Clock } from '../lib/clock';
import type { LaterQueue } from '../platforms/queue/query-queue';
import type { NoticeWishRows } from '../store/notice-wishes';
import type { Notices } from '../store/notices';
import type { MessageLine } from './send-messages';

export interface TellDeps {
  readonly notices: Pick<Notices, 'addNotice'>;
  readonly wishes: Pick<NoticeWishRows, 'find'>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly clock: Clock;
  /** Where a copy of each new notice goes, on its way to the phones; what it loses lies in the inbox. */
  readonly messages?: LaterQueue<MessageLine> | undefined;
}

/**
 * Puts into the holder's inbox what an entry gives them to know; answers how many notices are new. However often and in whatever order the
 * stream delivers an entry, each of its notices is given once: its key names kind and entry. It has the time at which it is told, so that one
 * which comes late does not lie below what was already seen.
 *
 * Throws AppError `school.unknown`; the stream then delivers the entry again.
 */
export async function tellOfEntry(deps: TellDeps, entry: Entry): Promise<number> {
  const { schoolId, accountNo, n } = entry;
  const pack = await deps.packOf(schoolId);
  if (!mayBeTold(entry, pack)) return 0;
  const rules = noticeRules(pack, await deps.wishes.find(schoolId, accountNo));
  let told = 0;
  for (const { kind, ...what } of noticesOf(entry, rules)) {
    const notice = { schoolId, accountNo, key: `${kind}/${n}`, kind, at: deps.clock(), n, ...what };
    // Only of a new one: who was told is not sent another message by a repeat.
    if (!(await deps.notices.addNotice(notice))) continue;
    told += 1;
    const { key, at, amountFen } = notice;
    if (topicOf(kind) !== undefined) await deps.messages?.later({ schoolId, accountNo, key, kind, amountFen, at }, 0);
  }
  return told;
}
