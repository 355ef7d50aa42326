import { View } from '@tarojs/components';
import { useState } from 'react';
import { Icon } from '../../../components/icon';
import { Press } from '../../../components/press';
import { Sheet } from '../../../components/sheet';
import { monthText } from '../../../lib/dates';
import { useWords } from '../i18n';
import './month-picker.scss';

interface Props {
  readonly month: string;
  readonly months: readonly string[];
  readonly onPick: (month: string) => void;
}

/** The month that a screen is about, and the sheet with the others. The sheet is beside the card, not in it. */
export function MonthPicker({ month, months, onPick }: Props) {
  const { w, lang } = useWords();
  const [choosing, setChoosing] = useState(false);
  return (
    <>
      <Press id="statement-month" className="month" label={monthText(month, lang)} onPress={() => setChoosing(true)}>
        <View className="month__name">{monthText(month, lang)}</View>
        <View className="month__arrow">
          <Icon name="chevron" size={14} />
        </View>
      </Press>
      <Sheet open={choosing} title={w('statement.pick-month')} onClose={() => setChoosing(false)}>
        <View className="months">
          {months.map((each) => (
            <Press
              key={each}
              id={`month-${each}`}
              className={each === month ? 'months__item months__item--on' : 'months__item'}
              checked={each === month}
              label={monthText(each, lang)}
              onPress={() => {
                onPick(each);
                setChoosing(false);
              }}
            >
              {monthText(each, lang)}
            </Press>
          ))}
        </View>
      </Sheet>
    </>
  );
}
