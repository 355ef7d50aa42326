import { useDidShow } from '@tarojs/taro';
import { useEffect } from 'react';
import { host } from '../host';

/** The keyboard begins in that field when the screen opens, and when one comes back to it. */
export function useFocus(id: string, ready = true): void {
  useEffect(() => {
    if (ready) host.focus(id);
  }, [id, ready]);
  useDidShow(() => {
    if (ready) host.focus(id);
  });
}
