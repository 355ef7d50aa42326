import Taro from '@tarojs/taro';
import type { RecordsHost } from './contract';
import { taroCopy, taroPicture } from './taro-host';

/** What Taro's types lack of the WeChat base library. */
interface WxFiles {
  readonly env: { readonly USER_DATA_PATH: string };
  shareFileMessage?: (options: { filePath: string; fileName: string; success: () => void; fail: () => void }) => void;
}
declare const wx: WxFiles;

export const host = {
  fileWay: 'send',
  handOver: ({ name, text }) =>
    new Promise((resolve) => {
      const filePath = `${wx.env.USER_DATA_PATH}/${name}`;
      try {
        // Written in the same turn as the tap: WeChat shares a file only from a tap.
        Taro.getFileSystemManager().writeFileSync(filePath, text, 'utf8');
        if (typeof wx.shareFileMessage !== 'function') return resolve(false);
        wx.shareFileMessage({ filePath, fileName: name, success: () => resolve(true), fail: () => resolve(false) });
      } catch {
        resolve(false);
      }
    }),
  sharePicture: taroPicture,
  copy: taroCopy,
  share: undefined,
} satisfies RecordsHost;
