import { noticeKindSchema } from '../../../../../shared/api/notices';
import { fen } from '../../../../../shared/money';
import { amountText, leadOf, lookOf } from './notice-look';

const KINDS = noticeKindSchema.options;

describe('a notice', () => {
  it('shows what went with a minus, what came with a plus, and what moved between others with no sign', () => {
    const text = (kind: (typeof KINDS)[number]) => amountText({ kind, amountFen: fen(12_850) });
    expect([text('large-spend'), text('sale-refunded'), text('refund-succeeded')]).toEqual(['−128.50', '+128.50', '¥128.50']);
    expect([text('low-balance'), text('subsidy-expiring')]).toEqual([undefined, undefined]);
  });

  it('shows no amount where it is not about money', () => {
    expect(amountText({ kind: 'loss-reported', amountFen: fen(0) })).toBeUndefined();
    expect(amountText({ kind: 'large-spend', amountFen: fen(0) })).toBeUndefined();
  });

  it('leads to the entry it is about, or to the statement where none is named', () => {
    expect(leadOf({ kind: 'large-spend', n: 12, about: null })).toEqual({ screen: 'entry', query: { n: '12' } });
    expect(leadOf({ kind: 'sale-refunded', n: null, about: 'x' })).toEqual({ screen: 'statement', query: {} });
    expect(leadOf({ kind: 'order-credited', n: null, about: 'T1' })).toEqual({ screen: 'order', query: { no: 'T1' } });
    expect(leadOf({ kind: 'order-credited', n: null, about: null })).toEqual({ screen: 'transfers', query: {} });
    expect(leadOf({ kind: 'low-balance', n: 3, about: null })).toBe('top-up');
    expect(leadOf({ kind: 'app-bound', n: 3, about: null })).toEqual({ screen: 'apps', query: {} });
  });

  it('has a look of every kind, and one for what this version does not know', () => {
    for (const kind of [...KINDS, 'other' as const]) expect(lookOf(kind).icon).toBeTruthy();
    expect(leadOf({ kind: 'other', n: 4, about: null })).toBeUndefined();
  });
});
