import { errorTable } from '../../shared/errors';
import { systemClock } from '../lib/clock';
import type { HandlerDeps } from '../lib/handler';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { type NoticeRequest, takeNotice } from '../operations/take-notice';
import type { NoticeAnswer, PaymentNotice, PaymentNotices } from '../platforms/contract';
import type { Database } from '../store/table';
import { createConfirmDeps } from './money-in';

export const callbackHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

export interface CallbackWiring {
  take(request: NoticeRequest): Promise<PaymentNotice>;
  /** What the platform hears, in its own form. */
  answer(verdict: 'accepted' | 'refused'): NoticeAnswer;
}

export function wireCallback(database: Database, notices: PaymentNotices): CallbackWiring {
  const deps = { ...createConfirmDeps(database), notices };
  return { take: (request) => takeNotice(deps, request), answer: (verdict) => notices.noticeAnswer(verdict) };
}
