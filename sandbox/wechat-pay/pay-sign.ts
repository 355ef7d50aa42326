import { createPublicKey, verify } from 'node:crypto';
import * as v from 'valibot';
import type { WechatOrder } from '../state';
import type { Surroundings } from '../surroundings';
import { findByPrepayId, prepayExpired } from './orders';

/** What wx.requestPayment and WeixinJSBridge getBrandWCPayRequest are given. A mini-program's own appid comes from WeChat, not from the page. */
export const paymentParameters = v.object({
  appId: v.string(),
  timeStamp: v.pipe(v.string(), v.regex(/^\d{1,32}$/)),
  nonceStr: v.pipe(v.string(), v.nonEmpty(), v.maxLength(32)),
  package: v.pipe(v.string(), v.regex(/^prepay_id=.+$/)),
  signType: v.literal('RSA'),
  paySign: v.pipe(v.string(), v.nonEmpty()),
});

export type Opened = { readonly order: WechatOrder } | { readonly refusal: string };

/** Checks what WeChat checks before it shows the cashier. The refusals are the sentences a payer would read. */
export function openWechatCashier(parts: Surroundings, parameters: unknown, payerOpenids: readonly string[]): Opened {
  const parsed = v.safeParse(paymentParameters, parameters);
  if (!parsed.success) return { refusal: `调用支付JSAPI缺少参数：${parsed.issues[0].path?.map((item) => item.key).join('.') ?? ''}` };
  const { appId, timeStamp, nonceStr, package: packageText, paySign } = parsed.output;
  const message = `${appId}\n${timeStamp}\n${nonceStr}\n${packageText}\n`;
  const merchantKey = createPublicKey(parts.keys.wechatPay.merchant.publicKeyPem);
  if (!verify('sha256', Buffer.from(message, 'utf8'), merchantKey, Buffer.from(paySign, 'base64'))) {
    return { refusal: '支付验证签名失败' };
  }
  const found = findByPrepayId(parts, 'JSAPI', packageText.slice('prepay_id='.length));
  if (!found) return { refusal: '预支付交易会话标识无效' };
  if (found.order.appid !== appId) return { refusal: '商家参数格式有误：appid与下单时不一致' };
  if (prepayExpired(found.issuedAt, parts.clock())) return { refusal: '预支付交易会话标识已过期，请重新下单' };
  if (found.order.openid === null || !payerOpenids.includes(found.order.openid))
    return { refusal: '下单账号与支付账号不一致，请核实后再支付' };
  return { order: found.order };
}
