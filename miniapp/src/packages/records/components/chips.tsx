import { View } from '@tarojs/components';
import { Press } from '../../../components/press';
import './chips.scss';

interface Props<Id extends string> {
  readonly idPrefix: string;
  readonly items: readonly { readonly id: Id; readonly label: string }[];
  readonly chosen: Id | undefined;
  readonly onChoose: (id: Id) => void;
}

/** A few words of which one may be chosen; they wrap where the screen is narrow. */
export function Chips<Id extends string>({ idPrefix, items, chosen, onChoose }: Props<Id>) {
  return (
    <View className="chips">
      {items.map((item) => (
        <Press
          key={item.id}
          id={`${idPrefix}-${item.id}`}
          role="radio"
          className={item.id === chosen ? 'chips__item chips__item--on' : 'chips__item'}
          label={item.label}
          checked={item.id === chosen}
          onPress={() => onChoose(item.id)}
        >
          {item.label}
        </Press>
      ))}
    </View>
  );
}
