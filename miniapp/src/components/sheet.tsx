import { ScrollView, View } from '@tarojs/components';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { aria } from '../platform/aria';
import { useDialogKeys } from './dialog-keys';
import './sheet.scss';

interface Props {
  readonly open: boolean;
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** As long as it takes to go down: sheet.scss. */
const LEAVES_MS = 200;

/** A card that comes up from below: a choice, a question, an explanation. A tap beside it closes it; the page below does not scroll. */
export function Sheet({ open, title, onClose, children }: Props) {
  const leaving = useLeaving(open);
  const card = useRef(null);
  useDialogKeys(card, open, onClose);
  if (!open && !leaving) return null;
  return (
    <View className={open ? 'sheet-host' : 'sheet-host sheet-host--leaving'} catchMove>
      <View className="sheet-host__beside" onClick={onClose} />
      <View ref={card} className="sheet" {...aria({ role: 'dialog', label: title })}>
        <View className="sheet__title">{title}</View>
        <ScrollView className="sheet__body" scrollY>
          {children}
        </ScrollView>
      </View>
    </View>
  );
}

/** Whether what was open is still on its way down. */
function useLeaving(open: boolean): boolean {
  const [left, setLeft] = useState(true);
  useEffect(() => {
    if (open) setLeft(false);
    // A page has sheets that nobody opens.
    if (open || left) return undefined;
    const timer = setTimeout(() => setLeft(true), LEAVES_MS);
    return () => clearTimeout(timer);
  }, [open, left]);
  return !open && !left;
}
