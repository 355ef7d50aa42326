import { View } from '@tarojs/components';
import { Press } from '../../../components/press';
import './money-row.scss';

interface Props {
  readonly id: string;
  readonly title: string;
  readonly details: readonly string[];
  /** With its sign. */
  readonly amount: string;
  readonly good?: boolean;
  /** How it stands, under the amount. */
  readonly state?: string | undefined;
  /** It is not over. */
  readonly waits?: boolean;
  readonly onPress?: () => void;
}

/** One line of a list of money on its way: what, when, how much, and how it stands. */
export function MoneyRow({ id, title, details, amount, good = false, state, waits = false, onPress }: Props) {
  const inside = (
    <>
      <View className="grow">
        <View className="money-row__title">{title}</View>
        <View className="sub num">{details.join(' · ')}</View>
      </View>
      <View className="money-row__right num">
        <View className={good ? 'money-row__amount money-row__amount--in' : 'money-row__amount'}>{amount}</View>
        {state === undefined ? null : (
          <View id={`${id}-state`} className={waits ? 'money-row__state money-row__state--waits' : 'money-row__state'}>
            {state}
          </View>
        )}
      </View>
    </>
  );
  if (onPress === undefined) {
    return (
      <View id={id} className="money-row">
        {inside}
      </View>
    );
  }
  return (
    <Press id={id} className="money-row" sum={`${title} ${amount} ${state ?? ''}`} onPress={onPress}>
      {inside}
    </Press>
  );
}
