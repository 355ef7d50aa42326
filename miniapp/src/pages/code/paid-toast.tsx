import { View } from '@tarojs/components';
import { useEffect, useRef } from 'react';
import type { EntryView } from '../../../../shared/api/common';
import { fen } from '../../../../shared/money';
import { Icon } from '../../components/icon';
import { Press } from '../../components/press';
import { useText } from '../../i18n';
import { entryTitle } from '../../lib/entry-text';
import { yuan } from '../../lib/money-text';
import { aria } from '../../platform/aria';

const STAYS_MS = 8_000;

interface Props {
  readonly entry: EntryView | undefined;
  /** Whether the holder lets balances be seen just now. */
  readonly peeking: boolean;
  readonly onClose: () => void;
}

/** The news the student waits for at the counter: paid, to whom, how much; what is left only to whoever asked to see it. */
export function PaidToast({ entry, peeking, onClose }: Props) {
  const text = useText();
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    if (entry === undefined) return;
    const timer = setTimeout(() => close.current(), STAYS_MS);
    return () => clearTimeout(timer);
  }, [entry]);
  if (entry === undefined) return null;
  return (
    <Press
      id="code-paid"
      className="paid"
      role="alert"
      onPress={onClose}
      sum={`${text.t('code.paid')} ${yuan(fen(Math.abs(entry.amountFen)))}`}
    >
      <View className="paid__tick" {...aria({})}>
        <Icon name="check" size={20} />
      </View>
      <View className="grow">
        <View className="paid__title">{text.t('code.paid')}</View>
        <View className="paid__who" id="code-paid-merchant">
          {entryTitle(entry, text)}
        </View>
        {peeking ? <View className="paid__left num">{text.t('code.paid-from-card', { amount: yuan(entry.balances.cardFen) })}</View> : null}
      </View>
      <View id="code-paid-amount" className="paid__amount num">
        {yuan(fen(Math.abs(entry.amountFen)))}
      </View>
    </Press>
  );
}
