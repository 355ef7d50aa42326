import type { RecordsHost } from './contract';
import { taroCopy, taroPicture } from './taro-host';

/** Alipay opens documents of a few kinds, no table among them, and shares no file: its mini-program copies. */
export const host = {
  fileWay: undefined,
  handOver: () => Promise.resolve(false),
  sharePicture: taroPicture,
  copy: taroCopy,
  share: undefined,
} satisfies RecordsHost;
