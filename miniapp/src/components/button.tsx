import { View } from '@tarojs/components';
import { Press } from './press';
import './button.scss';

interface Props {
  readonly id: string;
  readonly text: string;
  readonly onPress: () => void;
  readonly kind?: 'primary' | 'tint' | 'danger' | 'plain';
  readonly size?: 'large' | 'small';
  readonly busy?: boolean;
  readonly disabled?: boolean;
}

export function Button({ id, text, onPress, kind = 'primary', size = 'large', busy = false, disabled = false }: Props) {
  const off = disabled || busy;
  return (
    <Press
      id={id}
      className={`button button--${kind} button--${size} ${disabled ? 'button--off' : ''}`}
      onPress={onPress}
      disabled={off}
      label={text}
    >
      {busy ? <View className="button__spin" /> : null}
      <View className="button__text">{text}</View>
    </Press>
  );
}
