import type { EntryDetailReply } from '../../../../../shared/api/records';
import { fen } from '../../../../../shared/money';
import { textOf } from '../../../i18n/text';
import { wordsOf } from '../i18n/words';
import { entryOf } from '../test/entries';
import { hashText, receiptRows, receiptText } from './receipt';

const zh = wordsOf(textOf('zh'));
const hash = '0123456789abcdef'.repeat(4);
const school = { name: { zh: '大连外国语大学', en: 'DUFL' }, utcOffsetMinutes: 480 };

function detail(more: Partial<EntryDetailReply> = {}, entry: Parameters<typeof entryOf>[0] = {}): EntryDetailReply {
  return {
    entry: entryOf({
      n: 42,
      entryId: '7-42',
      amountFen: fen(-1_250),
      runningFen: fen(3_891),
      fundedFrom: 'card',
      merchant: { zh: '一食堂', en: 'Canteen 1' },
      ...entry,
    }),
    parts: [{ place: 'card', amountFen: fen(-1_250) }],
    terminal: { number: 7, name: '2 号窗口', place: '一食堂一层' },
    reason: null,
    late: false,
    reversesN: null,
    reversedByN: [],
    hash,
    asOf: '2026-11-21T12:10:00.000+08:00',
    ...more,
  };
}

describe('a receipt', () => {
  it('says a number once: of a machine whose name has it, and of a top-up whose entry is called like its order', () => {
    const named = detail({ terminal: { number: 7, name: '一食堂 7 号', place: null } });
    expect(receiptRows(named, zh, 480).find(({ id }) => id === 'terminal')?.value).toBe('一食堂 7 号');
    const topUp = detail({}, { kind: 'top-up', orderNo: 'duflD6QAN85KFTW8Q5G', entryId: 'duflD6QAN85KFTW8Q5G' });
    expect(receiptRows(topUp, zh, 480).filter(({ value }) => value === 'duflD6QAN85KFTW8Q5G')).toHaveLength(1);
  });

  it('says what, from where, how much is left, where, and when by both clocks', () => {
    const said = Object.fromEntries(receiptRows(detail(), zh, 480).map(({ id, value }) => [id, value]));
    expect(said).toEqual({
      kind: '消费',
      merchant: '一食堂',
      fund: '校园卡',
      parts: '校园卡 −12.50',
      running: '¥38.91',
      terminal: '2 号窗口（7 号）',
      place: '一食堂一层',
      occurred: '2026-11-21 12:08:15',
      recorded: '2026-11-21 12:08:17',
      n: '第 42 条',
      id: '7-42',
      hash: '0123 4567 … 89ab cdef',
    });
  });

  it('leaves out what there is nothing to say of', () => {
    const loss = detail({ parts: [], terminal: null }, { kind: 'loss-reported', amountFen: fen(0), merchant: null, fundedFrom: null });
    expect(receiptRows(loss, zh, 480).map(({ id }) => id)).toEqual(['kind', 'occurred', 'recorded', 'n', 'id', 'hash']);
  });

  it('tells the places of a sale that several paid, and the wallet where it paid', () => {
    const parts = [
      { place: 'subsidy', amountFen: fen(-250) },
      { place: 'wallet', amountFen: fen(-1_000) },
    ] as const;
    const rows = receiptRows(detail({ parts: [...parts] }), zh, 480);
    expect(rows.find(({ id }) => id === 'parts')?.value).toBe('补助 −2.50\n电子钱包 −10.00');
    expect(rows.find(({ id }) => id === 'wallet')?.value).toBe('¥0.00');
  });

  it('says that its day was settled already', () => {
    expect(receiptRows(detail({ late: true }), zh, 480).find(({ id }) => id === 'recorded')?.hint).toBe('那天已结算，记在次日账上');
  });

  it('of a machine without a name has its number', () => {
    const rows = receiptRows(detail({ terminal: { number: 9, name: null, place: null } }), zh, 480);
    expect(rows.find(({ id }) => id === 'terminal')?.value).toBe('9 号');
    expect(rows.some(({ id }) => id === 'place')).toBe(false);
  });

  it('to share has the whole hash, and neither balance nor places', () => {
    const text = receiptText(detail(), zh, school);
    expect(text.split('\n')).toEqual([
      '大连外国语大学 交易收据',
      '金额：−12.50',
      '类型：消费',
      '商户：一食堂',
      '资金来源：校园卡',
      '终端：2 号窗口（7 号）',
      '地点：一食堂一层',
      '发生时间：2026-11-21 12:08:15',
      '记账时间：2026-11-21 12:08:17',
      '存折编号：第 42 条',
      '记录号：7-42',
      `指纹：${hash}`,
    ]);
  });

  it('is English where English is chosen', () => {
    expect(receiptText(detail(), wordsOf(textOf('en')), school)).toContain(
      'DUFL: receipt\nAmount: −12.50\nKind: Purchase\nMerchant: Canteen 1',
    );
  });

  it('shows the ends of a hash', () => {
    expect(hashText(hash)).toBe('0123 4567 … 89ab cdef');
  });
});
