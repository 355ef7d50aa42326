import { View } from '@tarojs/components';
import './icon.scss';

export type IconName =
  | 'qr'
  | 'pay'
  | 'search'
  | 'place'
  | 'list'
  | 'shield'
  | 'lock'
  | 'link'
  | 'phones'
  | 'person'
  | 'globe'
  | 'warning'
  | 'offline'
  | 'check'
  | 'clock'
  | 'wallet'
  | 'refresh'
  | 'door'
  | 'book'
  | 'help'
  | 'tag'
  | 'paper'
  | 'share'
  | 'desktop'
  | 'chevron'
  | 'bell'
  | 'back-key'
  | 'network'
  | 'electricity';

/** A drawing in the colour of the text around it. */
export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return <View className={`icon icon--${name} icon--${size}`} />;
}
