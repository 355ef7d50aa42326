import { View } from '@tarojs/components';
import './share-bar.scss';

interface Props {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly detail?: string;
  /** Percent of the widest. */
  readonly width: number;
}

/** One line of a chart: a name, what it came to, and a bar as long as its share. */
export function ShareBar({ id, name, value, detail, width }: Props) {
  return (
    <View id={id} className="share">
      <View className="share__line">
        <View className="share__name">{name}</View>
        <View className="share__value num">{value}</View>
      </View>
      <View className="share__track">
        <View className="share__bar" style={{ width: `${width}%` }} />
      </View>
      {detail === undefined ? null : <View className="sub num">{detail}</View>}
    </View>
  );
}
