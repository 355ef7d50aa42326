import { View } from '@tarojs/components';
import type { EntryView } from '../../../shared/api/common';
import { useText } from '../i18n';
import { entryDetail, entryTitle, movesMoney } from '../lib/entry-text';
import { signed } from '../lib/money-text';
import { Press } from './press';
import './entry-row.scss';

interface Props {
  readonly entry: EntryView;
  /** When it happened, as this list says it. */
  readonly when: string;
  readonly running?: boolean;
  /** Opens the entry's receipt. */
  readonly onOpen?: () => void;
}

/** One line of the statement: what, when, from where, how much, with its true sign. */
export function EntryRow({ entry, when, running = false, onOpen }: Props) {
  const text = useText();
  // A part is broken from the next one, never inside itself: no line begins with an amount that its word was left behind of.
  const detail = [when, ...entryDetail(entry, text, running)].map((part) => part.replace(/ /g, '\u00a0')).join(' · ');
  const title = entryTitle(entry, text);
  const inside = (
    <>
      <View className="grow">
        <View className="entry__title">{title}</View>
        <View className="sub num">{detail}</View>
      </View>
      {movesMoney(entry) ? (
        <View className={entry.amountFen > 0 ? 'entry__amount entry__amount--in num' : 'entry__amount num'}>{signed(entry.amountFen)}</View>
      ) : null}
    </>
  );
  const id = `entry-${entry.n}`;
  if (onOpen === undefined) {
    return (
      <View id={id} className="entry">
        {inside}
      </View>
    );
  }
  return (
    <Press id={id} className="entry" sum={[title, signed(entry.amountFen), detail].join(' ')} onPress={onOpen}>
      {inside}
    </Press>
  );
}
