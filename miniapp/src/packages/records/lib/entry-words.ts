import type { EntryView } from '../../../../../shared/api/common';
import type { Words } from '../i18n/words';

/** What kind of entry it is, in a word. */
export function kindText(kind: EntryView['kind'], { t, w }: Words): string {
  // In a list both are 消费; where one is chosen or named alone the difference matters.
  return kind === 'native-charge' ? w('filter.native-charge') : t(`entry.${kind}`);
}

/** 资金来源: the place a purchase was paid from, or the channel that money came or went through. */
export function fundText(entry: EntryView, { t }: Words): string {
  if (entry.fundedFrom !== null) return t(`fund.${entry.fundedFrom}`);
  return entry.channel === null ? '' : t(`channel.${entry.channel}`);
}
