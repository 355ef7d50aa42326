import { createHttpHandler } from '../lib/handler';
import { wireWechatPayCallback } from '../wiring/callback-wechat-pay';
import { callbackHandlerDeps } from '../wiring/callbacks';
import { answerNotice } from './answer-notice';

/** POST /callbacks/wechat-pay: WeChat Pay tells that an order was paid (APIv3 支付通知). */
export const handler = createHttpHandler(async () => answerNotice(await wireWechatPayCallback(), callbackHandlerDeps), callbackHandlerDeps);
