import { View } from '@tarojs/components';
import { useState } from 'react';
import type { StatementReply } from '../../../../../../shared/api/student';
import { ZERO } from '../../../../../../shared/money';
import { toIso } from '../../../../../../shared/time';
import { Press } from '../../../../components/press';
import { dayHeading, dayOf } from '../../../../lib/dates';
import { yuan } from '../../../../lib/money-text';
import { dayBars } from '../../../../lib/statement-view';
import { serverNow } from '../../../../state/app-state';
import { useWords } from '../../i18n';
import './month.scss';

interface Props {
  readonly month: string;
  readonly spentByDay: StatementReply['spentByDay'];
  readonly zone: number;
}

/** Bars of the days; a press says what one of them was. */
export function DaysCard({ month, spentByDay, zone }: Props) {
  const { w, lang } = useWords();
  const bars = dayBars(month, spentByDay, dayOf(toIso(serverNow(), zone), zone));
  const [chosen, setChosen] = useState<string>();
  const shown = chosen?.startsWith(month) ? chosen : undefined;
  const nothing = Object.keys(spentByDay).length === 0;
  return (
    <View>
      <View className="day-chart">
        {bars.map((bar) => (
          <Press
            key={bar.day}
            id={`day-${bar.day.slice(8)}`}
            className="day-chart__day"
            label={w('month.day', { day: dayHeading(bar.day, lang), amount: yuan(spentByDay[bar.day] ?? ZERO) })}
            onPress={() => setChosen(bar.day)}
          >
            <View
              className={
                bar.day === shown || (shown === undefined && bar.today)
                  ? 'day-chart__bar day-chart__bar--on'
                  : bar.spentFen === 0
                    ? 'day-chart__bar day-chart__bar--none'
                    : 'day-chart__bar'
              }
              style={{ height: `${Math.max(3, bar.height)}%` }}
            />
          </Press>
        ))}
      </View>
      <View className="day-chart__axis sub num">
        <View>1</View>
        <View>10</View>
        <View>20</View>
        <View>{bars.length}</View>
      </View>
      <View id="day-said" className="day-chart__said num">
        {nothing
          ? w('month.days-none')
          : shown === undefined
            ? w('month.day-hint')
            : w('month.day', { day: dayHeading(shown, lang), amount: yuan(spentByDay[shown] ?? ZERO) })}
      </View>
    </View>
  );
}
