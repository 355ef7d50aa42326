import { zh } from '../text/zh';
import { desktopSteps } from './desktop-steps';

const said = (menu: Parameters<typeof desktopSteps>[0]) => desktopSteps(menu).steps.map((key) => zh[key]);

describe('DL-13 the way to the desktop', () => {
  it('begins at the top right and ends with 添加到桌面 or 我的小程序 in a mini-program', () => {
    const [first, second, third] = said('wechat-mini');
    expect([first, second, third]).toEqual([
      expect.stringContaining('右上角的 …'),
      expect.stringContaining('添加到桌面'),
      expect.stringContaining('添加到我的小程序'),
    ]);
    expect(said('alipay-mini')[1]).toContain('添加到桌面');
  });

  it('promises no desktop to a page in a web view, and names the mini-program instead', () => {
    for (const menu of ['wechat-web', 'alipay-web'] as const) {
      expect(said(menu).join()).not.toContain('桌面');
      expect(desktopSteps(menu).hint).toBe('desktop.mini');
    }
  });
});
