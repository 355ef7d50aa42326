import { View } from '@tarojs/components';
import type { EntryView } from '../../../shared/api/common';
import { useText } from '../i18n';
import { entryDetail, entryTitle, movesMoney } from '../lib/entry-text';
import { signed } from '../lib/money-text';
import './entry-row.scss';

interface Props {
  readonly entry: EntryView;
  /** When it happened, as this list says it. */
  readonly when: string;
  readonly running?: boolean;
}

/** One line of the statement: what, when, from where, how much, with its true sign. */
export function EntryRow({ entry, when, running = false }: Props) {
  const text = useText();
  const detail = [when, ...entryDetail(entry, text, running)].join(' · ');
  return (
    <View id={`entry-${entry.n}`} className="entry">
      <View className="grow">
        <View className="entry__title">{entryTitle(entry, text)}</View>
        <View className="sub num">{detail}</View>
      </View>
      {movesMoney(entry) ? (
        <View className={entry.amountFen > 0 ? 'entry__amount entry__amount--in num' : 'entry__amount num'}>{signed(entry.amountFen)}</View>
      ) : null}
    </View>
  );
}
