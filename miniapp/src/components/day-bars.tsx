import { View } from '@tarojs/components';
import type { DayBar } from '../lib/statement-view';
import { aria } from '../platform/aria';
import './day-bars.scss';

/** What was spent on each day of the month. */
export function DayBars({ bars, label }: { readonly bars: readonly DayBar[]; readonly label: string }) {
  return (
    <View className="bars" {...aria({ role: 'img', label })}>
      {bars.map((bar) => (
        <View
          key={bar.day}
          className={bar.today ? 'bars__bar bars__bar--today' : bar.spentFen === 0 ? 'bars__bar bars__bar--none' : 'bars__bar'}
          style={{ height: `${Math.max(4, bar.height)}%` }}
        />
      ))}
    </View>
  );
}
