import type { ServiceHost } from '../host/contract';
import type { ServiceKey } from '../text/zh';

interface DesktopSteps {
  readonly steps: readonly ServiceKey[];
  readonly hint: ServiceKey | undefined;
}

/** What the menu of each container offers. A page in a web view cannot get onto the desktop; its mini-program can. */
const STEPS: Readonly<Record<ServiceHost['menu'], DesktopSteps>> = {
  'wechat-mini': { steps: ['desktop.menu', 'desktop.to-desktop', 'desktop.mine'], hint: undefined },
  'alipay-mini': { steps: ['desktop.menu', 'desktop.to-desktop', 'desktop.alipay-mine'], hint: undefined },
  'wechat-web': { steps: ['desktop.menu', 'desktop.keep', 'desktop.float'], hint: 'desktop.mini' },
  'alipay-web': { steps: ['desktop.menu', 'desktop.alipay-keep'], hint: 'desktop.mini' },
  browser: { steps: ['desktop.mini'], hint: undefined },
};

export function desktopSteps(menu: ServiceHost['menu']): DesktopSteps {
  return STEPS[menu];
}
