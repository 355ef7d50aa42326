import type { EntryView } from '../../../shared/api/common';
import { fen } from '../../../shared/money';
import { textOf } from '../i18n/text';
import { entryDetail, entryTitle, movesMoney } from './entry-text';
import { signed, yuan } from './money-text';
import { appendPage, dayBars, groupByDay } from './statement-view';

const nothing = { cardFen: fen(0), transitFen: fen(0), chipPendingFen: fen(0), walletFen: fen(0), purseFen: fen(0), subsidyFen: fen(0) };
function entry(n: number, recordedAt: string, more: Partial<EntryView> = {}): EntryView {
  return {
    n,
    entryId: `t-${n}`,
    kind: 'charge',
    amountFen: fen(-1_250),
    runningFen: fen(3_891),
    balances: nothing,
    claimedFen: fen(0),
    fundedFrom: 'card',
    channel: null,
    merchant: { zh: '一食堂 · 面食', en: 'Canteen 1 · Noodles' },
    orderNo: null,
    reverses: null,
    occurredAt: recordedAt,
    recordedAt,
    ...more,
  };
}
const zh = textOf('zh');
const en = textOf('en');

describe('the statement', () => {
  it("groups entries by the day in the school's zone", () => {
    const groups = groupByDay(
      [entry(3, '2026-11-21T00:00:01+08:00'), entry(2, '2026-11-20T23:59:59+08:00'), entry(1, '2026-11-20T01:00:00+08:00')],
      ({ recordedAt }) => recordedAt,
      480,
    );
    expect(groups.map((group) => [group.day, group.rows.map((each) => each.n)])).toEqual([
      ['2026-11-21', [3]],
      ['2026-11-20', [2, 1]],
    ]);
  });

  it('lists an entry once when two pages overlap', () => {
    const page = [entry(3, '2026-11-21T00:00:01+08:00'), entry(2, '2026-11-20T00:00:01+08:00')];
    expect(appendPage(page, [...page.slice(1), entry(1, '2026-11-20T00:00:00+08:00')]).map((each) => each.n)).toEqual([3, 2, 1]);
  });

  it('draws a bar for every day of the month, and shows the smallest spending', () => {
    const bars = dayBars('2026-11', { '2026-11-02': 10_000, '2026-11-03': 1 }, '2026-11-03');
    expect(bars).toHaveLength(30);
    expect(bars.slice(0, 3).map((bar) => bar.height)).toEqual([0, 100, 8]);
    expect(bars.filter((bar) => bar.today).map((bar) => bar.day)).toEqual(['2026-11-03']);
  });

  it('SQ-10 a purchase is minus, never a green plus', () => {
    expect(signed(fen(-1_250))).toBe('−12.50');
    expect(signed(fen(5_000))).toBe('+50.00');
    expect(yuan(fen(123_456_789))).toBe('¥1,234,567.89');
  });

  it('SQ-09 names the merchant, the source, the claim and what is left', () => {
    const claimed = entry(4, '2026-11-21T12:00:00+08:00', { claimedFen: fen(2_000) });
    expect(entryTitle(claimed, zh)).toBe('一食堂 · 面食');
    expect(entryDetail(claimed, zh, true)).toEqual(['校园卡', '同时领取 ¥20.00', '余 ¥38.91']);
    expect(entryDetail(claimed, en, false)).toEqual(['Card', 'claimed ¥20.00']);
  });

  it('BI-09 BI-13 a purchase by WeChat or Alipay code says what was paid, and with what', () => {
    const paid = entry(8, '2026-11-21T12:00:00+08:00', { kind: 'native-charge', fundedFrom: null, channel: 'wechat-pay' });
    expect([entryTitle(paid, zh), signed(paid.amountFen), ...entryDetail(paid, zh, false)]).toEqual([
      '一食堂 · 面食',
      '−12.50',
      '微信支付',
    ]);
  });

  it('names what is not a purchase by its kind', () => {
    const refund = entry(5, '2026-11-21T12:00:00+08:00', { kind: 'reversal', amountFen: fen(120) });
    expect(entryTitle(refund, zh)).toBe('退款 · 一食堂 · 面食');
    const topUp = entry(6, '2026-11-21T12:00:00+08:00', { kind: 'top-up', merchant: null, channel: 'wechat-pay', amountFen: fen(5_000) });
    expect([entryTitle(topUp, en), ...entryDetail(topUp, en, false)]).toEqual(['Top-up', 'WeChat Pay']);
    expect(movesMoney(entry(7, '2026-11-21T12:00:00+08:00', { kind: 'loss-reported', amountFen: fen(0) }))).toBe(false);
  });
});
