import { View } from '@tarojs/components';
import type { ReactNode } from 'react';
import './card.scss';

export function Card({
  children,
  className = '',
  id,
}: {
  readonly children: ReactNode;
  readonly className?: string;
  readonly id?: string;
}) {
  return (
    <View id={id} className={`card ${className}`}>
      {children}
    </View>
  );
}
