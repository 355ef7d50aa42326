import { createHash } from 'node:crypto';
import iconv from 'iconv-lite';
import { ALIPAY_COLUMNS, type WireLine, type WireTricks, wireBytes } from '../../../bench/reconcile/wire';
import type { ErrorCode } from '../../../shared/errors';
import { readAlipayBill } from './alipay-bill';
import type { CheckedBill } from './bill';
import type { BillLine } from './bill-line';

const EXPECTED = { merchantId: '2088123456789012', day: '2026-11-20' };

const payment = (more: Partial<WireLine> = {}): WireLine => ({
  kind: 'payment',
  orderNo: 'bistu0123456789ABCDE',
  tradeNo: '2026112022001412345678901234',
  amountFen: 1_234,
  feeFen: 7,
  time: '2026-11-20 08:05:30',
  ...more,
});
const refund = (more: Partial<WireLine> = {}): WireLine =>
  payment({ kind: 'refund', refundNo: 'rf1', amountFen: 234, feeFen: -1, ...more });

function bytesOf(lines: readonly WireLine[], tricks: WireTricks = {}): Buffer {
  return Buffer.concat([...wireBytes({ channel: 'alipay', ...EXPECTED, lines }, tricks)]);
}

async function read(bytes: Buffer, size = bytes.length): Promise<{ lines: BillLine[]; bill: CheckedBill }> {
  const reading = readAlipayBill(pieces(bytes, size), EXPECTED);
  const lines: BillLine[] = [];
  for (;;) {
    const { done, value } = await reading.next();
    if (done === true) return { lines, bill: value };
    for (let index = 0; index < value.length; index += 1) lines.push(value.line(index));
  }
}

async function* pieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function fails(bytes: Buffer, code: ErrorCode): Promise<void> {
  return expect(read(bytes)).rejects.toMatchObject({ code });
}

const two = () => bytesOf([payment(), refund()]);
const changed = (from: string | RegExp, to: string) => iconv.encode(iconv.decode(two(), 'gbk').replace(from, to), 'gbk');

describe('a trade bill of Alipay', () => {
  it('gives payments and refunds in fen, at Beijing time, with the fee the platform keeps or gives back', async () => {
    const { lines, bill } = await read(two());
    expect(lines).toEqual([
      {
        kind: 'payment',
        merchantOrderNo: 'bistu0123456789ABCDE',
        platformTradeNo: '2026112022001412345678901234',
        amountFen: 1_234,
        feeFen: 7,
        at: Date.parse('2026-11-20T08:05:30+08:00'),
        status: '交易',
      },
      expect.objectContaining({ kind: 'refund', refundNo: 'rf1', amountFen: 234, feeFen: -1, status: '退款' }),
    ]);
    expect(bill.summary).toEqual({ lines: 2, paymentFen: 1_234, refundFen: 234, feeFen: 6 });
    expect(bill.sha256).toBe(createHash('sha256').update(two()).digest('hex'));
  });

  it('reads the same from pieces of any size', async () => {
    const bytes = bytesOf(Array.from({ length: 20 }, (_, index) => payment({ tradeNo: `2026${index}`, goods: `第${index}份` })));
    const whole = await read(bytes);
    for (const size of [1, 2, 3, 64, 1_000]) expect(await read(bytes, size)).toEqual(whole);
  });

  it('finds columns by name, in another order, with unknown ones between', async () => {
    const columns = ['新列', ...[...ALIPAY_COLUMNS].reverse(), '又一列'];
    expect((await read(bytesOf([payment(), refund()], { columns }))).lines).toEqual((await read(two())).lines);
  });

  it.each([
    'a,b',
    ',,',
    '"quoted", and more',
    '"a,b"',
    '"',
    'say "yes", please',
    'tick ` tick',
    '一,二',
    '丂a乗,丒',
    '2026-11-20 08:05:30',
  ])('is not confused by goods named %j', async (goods) => {
    expect((await read(bytesOf([payment({ goods }), refund({ goods })]))).lines).toEqual((await read(two())).lines);
  });

  it('reads GBK characters whose second byte looks like punctuation', async () => {
    // Second bytes from 0x40 to 0x7E: @ [ \ ] ^ _ ` { | } ~ and letters. None is a comma, a quote or a line feed.
    const goods = Array.from({ length: 0x7f - 0x40 }, (_, index) => iconv.decode(Buffer.from([0x81, 0x40 + index]), 'gbk')).join('');
    expect((await read(bytesOf([payment({ goods }), refund({ goods })]))).lines).toEqual((await read(two())).lines);
  });

  it('takes totals in the other wordings, and refunds printed without a sign', async () => {
    const words = changed('商家实收共12.34元，商家优惠共0.00元', '交易金额共12.34元，优惠金额共0.00元');
    expect((await read(words)).bill.summary.paymentFen).toBe(1_234);
    expect((await read(changed(/-2\.34/g, '2.34'))).bill.summary.refundFen).toBe(234);
    expect((await read(changed('20881234567890120156', '2088123456789012'))).lines).toHaveLength(2);
    expect((await read(changed('[2026年11月21日 00:00:00]', '[2026年11月20日 23:59:59]'))).lines).toHaveLength(2);
  });

  it('takes a refund without a number, as made by hand in the merchant console', async () => {
    expect((await read(changed('rf1', ''))).lines[1]?.refundNo).toBeUndefined();
  });

  it('reads a day without a line', async () => {
    expect((await read(bytesOf([]))).bill.summary.lines).toBe(0);
  });
});

describe('a trade bill of Alipay that is not to be believed', () => {
  it.each([
    ['another encoding', Buffer.from(iconv.decode(two(), 'gbk'))],
    ['two bytes per character', iconv.encode(iconv.decode(two(), 'gbk'), 'utf16le')],
    ['a missing column', bytesOf([payment()], { columns: ALIPAY_COLUMNS.filter((name) => name !== '商户订单号') })],
    ['a column twice', bytesOf([payment()], { columns: [...ALIPAY_COLUMNS, '商户订单号'] })],
    ['an unknown kind of business', changed('交易\t', '转账\t')],
    ['an amount in another form', changed('12.34,12.34', '1.234e1,12.34')],
    ['a payment below zero', changed('12.34,12.34', '-12.34,12.34')],
    ['a part of a fen', changed('12.34,12.34', '12.345,12.34')],
    ['a time in another form', changed(/,2026-11-20 08:05:30/g, ',2026/11/20 08:05')],
    ['too few cells', changed(',校园卡充值', '')],
    ['cells that can be read in two ways', changed('校园卡充值,2026-11-20 08:05:30', 'a,2026-11-20 08:05:30,2026-11-20 09:05:30,b')],
    ['a file that repeats', Buffer.concat([two(), two()])],
    [
      'a header that repeats',
      changed('#-----------------------------------------业务明细列表结束', `${ALIPAY_COLUMNS.join(',')}\r\n#---业务明细列表结束`),
    ],
    [
      'a head that repeats',
      changed('#-----------------------------------------业务明细列表结束', '#支付宝业务明细查询\r\n#---业务明细列表结束'),
    ],
    ['text after the end', Buffer.concat([two(), Buffer.from('more\r\n')])],
    ['totals in unknown words', changed('商家实收共', 'total ')],
    ['a total twice', changed('#导出时间', '#交易合计：1笔，商家实收共12.34元\r\n#导出时间')],
    ['no account', changed(/#账号.*\r\n/, '')],
    ['no period', changed(/#起始日期.*\r\n/, '')],
  ])('refuses %s as malformed', (_, bytes) => fails(bytes, 'bill.malformed'));

  it('refuses a file cut anywhere before its totals end', async () => {
    const bytes = two();
    const lastTotal = bytes.indexOf(iconv.encode('#退款合计', 'gbk'));
    for (let end = 0; end <= lastTotal; end += 1) {
      const error = await read(bytes.subarray(0, end)).then(
        () => 'believed',
        (reason) => reason.code,
      );
      expect({ end, error }).toEqual({ end, error: 'bill.damaged' });
    }
  });

  it('refuses the bill of another merchant', async () => {
    await fails(changed('2088123456789012', '2088123456789013'), 'bill.other-merchant');
    await fails(changed('20881234567890120156', 'someone@example.com'), 'bill.other-merchant');
  });

  it('refuses another day, a month, and a row of another day', async () => {
    await fails(changed('起始日期：[2026年11月20日', '起始日期：[2026年11月19日'), 'bill.other-day');
    await fails(changed('终止日期：[2026年11月21日', '终止日期：[2026年12月01日'), 'bill.other-day');
    await fails(changed(/2026-11-20 08:05:30/g, '2026-11-19 23:59:59'), 'bill.other-day');
  });

  it.each(['lines', 'refunds', 'paymentFen', 'refundFen'] as const)('refuses totals whose %s do not add up', (name) =>
    fails(bytesOf([payment(), refund()], { totals: (totals) => ({ ...totals, [name]: totals[name] + 1 }) }), 'bill.totals'),
  );

  it('refuses a line too few and a line too many', async () => {
    const text = iconv.decode(two(), 'gbk');
    const row = text.split('\r\n').find((line) => line.startsWith('2026')) ?? '';
    await fails(iconv.encode(text.replace(`${row}\r\n`, ''), 'gbk'), 'bill.totals');
    await fails(iconv.encode(text.replace(`${row}\r\n`, `${row}\r\n${row}\r\n`), 'gbk'), 'bill.totals');
  });
});
