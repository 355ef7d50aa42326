import { platform } from '../../../platform';
import type { ServiceHost } from './contract';
import { taroCopy } from './copy';

/** The page may have a clipboard of its own; older web views have Taro's way only. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return taroCopy(text);
  }
}

const container = platform.container();

export const host = {
  menu: container === 'wechat-web' || container === 'alipay-web' ? container : 'browser',
  // Without the query, which may say who opened it, and without the screen that is open.
  address: () => location.origin + location.pathname,
  copy,
  openPage: (url) => {
    // A web view opens no second window; its back arrow leads back here.
    location.assign(url);
    return Promise.resolve('opened');
  },
  shareSheet: typeof navigator.share === 'function' ? (what) => navigator.share(what).catch(() => undefined) : undefined,
  isKept: () => Promise.resolve(undefined),
} satisfies ServiceHost;
