import { View } from '@tarojs/components';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon';
import { Press } from './press';
import './cell.scss';

interface Props {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  readonly value?: string;
  readonly hint?: string;
  readonly onPress?: () => void;
  readonly children?: ReactNode;
}

/** One line of a list of things to see or open. */
export function Cell({ id, label, icon, value, hint, onPress, children }: Props) {
  const inside = (
    <>
      {icon === undefined ? null : (
        <View className="cell__icon">
          <Icon name={icon} size={18} />
        </View>
      )}
      <View className="grow">
        <View>{label}</View>
        {hint === undefined ? null : <View className="sub">{hint}</View>}
      </View>
      {value === undefined ? null : <View className="cell__value num">{value}</View>}
      {children}
      {onPress === undefined ? null : (
        <View className="cell__chevron">
          <Icon name="chevron" size={14} />
        </View>
      )}
    </>
  );
  if (onPress === undefined) {
    return (
      <View id={id} className="cell">
        {inside}
      </View>
    );
  }
  return (
    <Press id={id} className="cell" sum={value === undefined ? label : `${label} ${value}`} onPress={onPress}>
      {inside}
    </Press>
  );
}
