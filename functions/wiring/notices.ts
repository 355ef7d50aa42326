import type { PhoneMessagesDeps } from '../operations/read-messages';
import type { NoticesDeps } from '../operations/read-notices';
import { createTemplates } from '../platforms/phone-messages/settings';
import { createMessageAgreements } from '../store/message-agreements';
import { createNoticeWishes } from '../store/notice-wishes';
import { createNotices } from '../store/notices';
import type { MoneyParts } from './money-parts';

/** What the inbox and its settings borrow from the world. */
export function createNoticesDeps({ database, common }: Pick<MoneyParts, 'database' | 'common'>): NoticesDeps {
  return { packOf: common.packOf, notices: createNotices(database), wishes: createNoticeWishes(database) };
}

/** What one agrees to hear of outside the app. @throws AppError config.invalid */
export function createPhoneMessagesDeps({ database, config }: Pick<MoneyParts, 'database' | 'config'>): PhoneMessagesDeps {
  return { agreements: createMessageAgreements(database), templatesOf: createTemplates(config.ECODE_MESSAGES) };
}
