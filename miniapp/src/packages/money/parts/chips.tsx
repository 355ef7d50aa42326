import { View } from '@tarojs/components';
import { Press } from '../../../components/press';
import './chips.scss';

interface Props<Id extends string> {
  readonly idPrefix: string;
  readonly items: readonly { readonly id: Id; readonly label: string }[];
  readonly chosen: Id | undefined;
  readonly onChoose: (id: Id) => void;
}

/** One of a few short words. */
export function Chips<Id extends string>({ idPrefix, items, chosen, onChoose }: Props<Id>) {
  return (
    <View className="chips">
      {items.map(({ id, label }) => (
        <Press
          key={id}
          id={`${idPrefix}-${id}`}
          role="radio"
          className={id === chosen ? 'chips__item chips__item--on' : 'chips__item'}
          label={label}
          checked={id === chosen}
          onPress={() => onChoose(id)}
        >
          {label}
        </Press>
      ))}
    </View>
  );
}
