import { View } from '@tarojs/components';
import type { ReactNode } from 'react';
import { Press } from './press';
import './radio-row.scss';

interface Props {
  readonly id: string;
  readonly label: string;
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly disabled?: boolean;
  readonly hint?: string;
  readonly children?: ReactNode;
}

export function RadioRow({ id, label, chosen, onChoose, disabled = false, hint, children }: Props) {
  return (
    <Press
      id={id}
      role="radio"
      className={disabled ? 'radio radio--off' : 'radio'}
      sum={hint === undefined ? label : `${label}, ${hint}`}
      checked={chosen}
      disabled={disabled}
      onPress={onChoose}
    >
      <View className={chosen ? 'radio__dot radio__dot--on' : 'radio__dot'} />
      <View className="grow">
        <View>{label}</View>
        {hint === undefined ? null : <View className="sub">{hint}</View>}
      </View>
      {children}
    </Press>
  );
}
