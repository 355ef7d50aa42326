import { computerWays } from './ways';

const label = { zh: '支付宝', en: 'Alipay' };

describe('选择付款方式 on a computer', () => {
  it('offers the computer before the phone, of what the school lists', () => {
    const channels = [
      { id: 'wechat-pay' as const, label, payBy: ['in-app' as const, 'qr' as const] },
      { id: 'alipay' as const, label, payBy: ['in-app' as const, 'qr' as const, 'page' as const] },
    ];
    expect(computerWays(channels, true).map(({ channel, payBy }) => `${channel} ${payBy}`)).toEqual([
      'alipay page',
      'alipay qr',
      'wechat-pay qr',
    ]);
  });

  it('offers no page where the host opens none, and never a cashier inside an app', () => {
    const channels = [{ id: 'alipay' as const, label, payBy: ['in-app' as const, 'page' as const] }];
    expect(computerWays(channels, false)).toEqual([]);
  });
});
