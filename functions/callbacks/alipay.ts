import { createHttpHandler } from '../lib/handler';
import { wireAlipayCallback } from '../wiring/callback-alipay';
import { callbackHandlerDeps } from '../wiring/callbacks';
import { answerNotice } from './answer-notice';

/** POST /callbacks/alipay: Alipay tells that an order was paid (异步通知). */
export const handler = createHttpHandler(async () => answerNotice(await wireAlipayCallback(), callbackHandlerDeps), callbackHandlerDeps);
