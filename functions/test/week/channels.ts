import type { PlatformChannel } from '../../domain/order';

export const CHANNELS: readonly PlatformChannel[] = ['wechat-pay', 'alipay'];
