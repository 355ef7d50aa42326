import { wechatAnswer, wechatFailure } from './answers';
import type { MessageHost } from './contract';

/** Absent on an older base library, and where WeChat Work runs the mini-program. */
interface WxMessages {
  requestSubscribeMessage?: (options: { tmplIds: string[]; success: (answer: unknown) => void; fail: (reason: unknown) => void }) => void;
}
declare const wx: WxMessages;

export const host = {
  app: typeof wx.requestSubscribeMessage === 'function' ? 'wechat' : undefined,
  ask: (templateId) =>
    new Promise((resolve) => {
      if (typeof wx.requestSubscribeMessage !== 'function') return resolve('unknown');
      wx.requestSubscribeMessage({
        tmplIds: [templateId],
        success: (answer) => resolve(wechatAnswer(answer, templateId)),
        fail: (reason) => resolve(wechatFailure(reason)),
      });
    }),
} satisfies MessageHost;
