import { Text, View } from '@tarojs/components';
import type { Fen } from '../../../shared/money';
import { grouped } from '../lib/money-text';
import './money.scss';

interface Props {
  readonly amountFen: Fen;
  readonly size?: 'xl' | 'l' | 'm';
  readonly id?: string;
}

/** An amount that is the point of its card: small ¥, large tabular digits. */
export function Money({ amountFen, size = 'l', id }: Props) {
  return (
    <View id={id} className={`money money--${size} num`}>
      <Text className="money__sign">{amountFen < 0 ? '−¥' : '¥'}</Text>
      <Text>{grouped(amountFen)}</Text>
    </View>
  );
}
