import type { ServiceHost } from './contract';
import { copyPage, taroCopy } from './copy';

export const host = {
  menu: 'alipay-mini',
  address: () => undefined,
  copy: taroCopy,
  openPage: copyPage,
  shareSheet: undefined,
  isKept: () => Promise.resolve(undefined),
} satisfies ServiceHost;
