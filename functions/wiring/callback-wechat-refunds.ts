import * as v from 'valibot';
import { AppError } from '../../shared/errors';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createRefundRoute } from '../operations/refund-route';
import type { NoticeRequest } from '../operations/take-notice';
import { type TakenRefundNotice, takeRefundNotice } from '../operations/take-refund-notice';
import type { NoticeAnswer } from '../platforms/contract';
import { createWechatRefundNotices } from '../platforms/wechat-pay/refund-notices';
import { createAdjustments } from '../store/adjustments';
import { createPayOuts } from '../store/pay-outs';
import { createReversals } from '../store/reversals';
import { createConfirmDeps, createDatabase, wechatPaySetting } from './money-in';

export interface RefundCallbackWiring {
  take(request: NoticeRequest): Promise<TakenRefundNotice>;
  /** What the platform hears, in its own form. */
  answer(verdict: 'accepted' | 'refused'): NoticeAnswer;
}

const settings = v.object({ ...tableSettings, ...wechatPaySetting });
/** This function hears, and never asks: it bundles no SDK and needs no key that could sign. */
const unasked = () => Promise.reject(new AppError('config.invalid'));
const deaf = { refund: unasked, queryRefund: unasked };

/** @throws AppError config.invalid */
export async function wireWechatRefundCallback(): Promise<RefundCallbackWiring> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const database = createDatabase(config);
  const common = createConfirmDeps(database);
  const notices = createWechatRefundNotices(config.ECODE_WECHAT_PAY);
  const refund = createRefundRoute({
    platforms: { 'wechat-pay': deaf, alipay: deaf },
    notifyUrls: { 'wechat-pay': '', alipay: '' },
    toBank: { send: unasked, query: unasked },
    orders: common.orders,
    reversals: createReversals(database),
    adjustments: createAdjustments(database),
  });
  const deps = { ...common, payOuts: createPayOuts(database), routes: { refund }, notices };
  return { take: (request) => takeRefundNotice(deps, request), answer: (verdict) => notices.noticeAnswer(verdict) };
}
