import { View } from '@tarojs/components';
import { aria } from '../platform/aria';
import { Press } from './press';
import './choice.scss';

interface Props<Id extends string> {
  /** Ids: `${idPrefix}-${item.id}`. */
  readonly idPrefix: string;
  readonly items: readonly { readonly id: Id; readonly label: string }[];
  readonly chosen: Id | undefined;
  readonly onChoose: (id: Id) => void;
  /** `bar`: two or three views of one screen, on the brand. `chips`: words that wrap where the screen is narrow. */
  readonly look?: 'chips' | 'bar';
}

/** A few short words of which one may be chosen. */
export function Choice<Id extends string>({ idPrefix, items, chosen, onChoose, look = 'chips' }: Props<Id>) {
  return (
    <View className={look} {...aria({ role: look === 'bar' ? 'tablist' : 'radiogroup' })}>
      {items.map(({ id, label }) => (
        <Press
          key={id}
          id={`${idPrefix}-${id}`}
          role={look === 'bar' ? 'tab' : 'radio'}
          className={id === chosen ? `${look}__item ${look}__item--on` : `${look}__item`}
          checked={id === chosen}
          onPress={() => onChoose(id)}
        >
          {label}
        </Press>
      ))}
    </View>
  );
}
