import type { ServiceHost } from './contract';
import { copyPage, taroCopy } from './copy';

/** What Taro wraps in no promise; absent on an older base library. */
interface WxKept {
  checkIsAddedToMyMiniProgram?: (options: { success: (answer: { added: boolean }) => void; fail: () => void }) => void;
}
declare const wx: WxKept;

export const host = {
  menu: 'wechat-mini',
  address: () => undefined,
  copy: taroCopy,
  openPage: copyPage,
  shareSheet: undefined,
  isKept: () =>
    new Promise((resolve) => {
      if (typeof wx.checkIsAddedToMyMiniProgram !== 'function') return resolve(undefined);
      wx.checkIsAddedToMyMiniProgram({ success: ({ added }) => resolve(added), fail: () => resolve(undefined) });
    }),
} satisfies ServiceHost;
