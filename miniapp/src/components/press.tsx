import { View } from '@tarojs/components';
import type { CSSProperties, ReactNode } from 'react';
import { aria } from '../platform/aria';
import type { AriaState } from '../platform/aria-contract';

interface Props {
  readonly id?: string;
  readonly className?: string;
  readonly style?: CSSProperties;
  readonly onPress: () => void;
  readonly disabled?: boolean;
  readonly role?: AriaState['role'];
  readonly label?: string;
  readonly sum?: string;
  readonly checked?: boolean;
  readonly children?: ReactNode;
}

/** Whatever can be tapped: shows that it is held, and tells a screen reader what it is. */
export function Press({ id, className = '', style, onPress, disabled = false, role = 'button', label, sum, checked, children }: Props) {
  return (
    <View
      id={id}
      className={className}
      style={style}
      hoverClass={disabled ? 'none' : 'pressed'}
      hoverStayTime={80}
      onClick={disabled ? undefined : onPress}
      {...aria({ role, label, sum, checked, disabled: disabled || undefined })}
    >
      {children}
    </View>
  );
}
