import Popup from '@nutui/nutui-react-taro/dist/es/packages/popup';
import '@nutui/nutui-react-taro/dist/es/packages/popup/style/css';
import { View } from '@tarojs/components';
import type { ReactNode } from 'react';
import './sheet.scss';

interface Props {
  readonly open: boolean;
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A card that comes up from below: a choice, a question, an explanation. */
export function Sheet({ open, title, onClose, children }: Props) {
  return (
    <View className="sheet-host">
      <Popup visible={open} position="bottom" round onClose={onClose}>
        <View className="sheet">
          <View className="sheet__title">{title}</View>
          {children}
        </View>
      </Popup>
    </View>
  );
}
