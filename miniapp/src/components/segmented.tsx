import { View } from '@tarojs/components';
import { Press } from './press';
import './segmented.scss';

interface Props<Id extends string> {
  readonly items: readonly { readonly id: Id; readonly label: string }[];
  readonly chosen: Id;
  readonly onChoose: (id: Id) => void;
  readonly idPrefix: string;
}

export function Segmented<Id extends string>({ items, chosen, onChoose, idPrefix }: Props<Id>) {
  return (
    <View className="segmented">
      {items.map((item) => (
        <Press
          key={item.id}
          id={`${idPrefix}-${item.id}`}
          role="tab"
          className={item.id === chosen ? 'segmented__item segmented__item--on' : 'segmented__item'}
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
