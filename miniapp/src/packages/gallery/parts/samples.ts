import type { EntryView } from '../../../../../shared/api/common';
import { fen } from '../../../../../shared/money';
import { Failure } from '../../../api/failure';
import type { StepState } from '../../../lib/order-timeline';
import type { DayBar } from '../../../lib/statement-view';

/** What the gallery fills the components with: nobody's data, as long and as large as it comes. */
export const LONG = {
  zh: '第二学生食堂三楼清真风味餐厅与教职工自助餐厅联合收银台（原东区临时就餐点）',
  en: 'Second Student Canteen, third floor, halal restaurant and staff buffet, joint cashier (formerly the temporary East Area place)',
} as const;

export const AMOUNTS = {
  zero: fen(0),
  usual: fen(1_250),
  huge: fen(123_456_789_012),
  negative: fen(-4_800),
  hugeNegative: fen(-98_765_432_100),
};

export const FAILURES = {
  offline: new Failure('offline'),
  unreadable: new Failure('unreadable'),
  refused: new Failure('refused', {
    code: 'payment.insufficient-balance',
    zh: '余额不足，请先充值。本次没有扣款。',
    en: 'The balance is too low. Top up first; nothing was charged.',
  }),
};

const NOTHING = { cardFen: fen(0), transitFen: fen(0), chipPendingFen: fen(0), walletFen: fen(0), purseFen: fen(0), subsidyFen: fen(0) };

export function entry(n: number, amountFen: EntryView['amountFen'], merchant: EntryView['merchant']): EntryView {
  const at = '2026-11-28T12:05:00+08:00';
  return {
    n,
    entryId: `entry-${n}`,
    kind: amountFen < 0 ? 'charge' : 'top-up',
    amountFen,
    runningFen: amountFen,
    balances: { ...NOTHING, cardFen: amountFen },
    claimedFen: fen(0),
    fundedFrom: amountFen < 0 ? 'card' : null,
    channel: amountFen < 0 ? null : 'wechat-pay',
    merchant,
    orderNo: null,
    reverses: null,
    occurredAt: at,
    recordedAt: at,
  };
}

export function steps(label: (state: StepState) => string): { id: string; label: string; state: StepState; at?: string }[] {
  return (['done', 'current', 'ahead'] as const).map((state) => ({
    id: state,
    label: label(state),
    state,
    ...(state === 'done' ? { at: '12:05' } : {}),
  }));
}

export const BARS: readonly DayBar[] = [0, 20, 45, 8, 100, 0, 60, 33].map((height, at) => ({
  day: `2026-11-0${at + 1}`,
  spentFen: height * 30,
  height,
  today: at === 4,
}));
