import { createHash } from 'node:crypto';
import iconv from 'iconv-lite';
import { WECHAT_COLUMNS, type WireLine, type WireTricks, wireBytes } from '../../../bench/reconcile/wire';
import type { ErrorCode } from '../../../shared/errors';
import type { CheckedBill } from './bill';
import type { BillLine } from './bill-line';
import { readWechatBill } from './wechat-bill';

const EXPECTED = { merchantId: '1900000001', day: '2026-11-20' };

const payment = (more: Partial<WireLine> = {}): WireLine => ({
  kind: 'payment',
  orderNo: 'bistu0123456789ABCDE',
  tradeNo: '4200001234202611201234567890',
  amountFen: 1_234,
  feeFen: 7,
  time: '2026-11-20 08:05:30',
  ...more,
});
const refund = (more: Partial<WireLine> = {}): WireLine =>
  payment({ kind: 'refund', refundNo: 'rf1', amountFen: 234, feeFen: -1, ...more });

function bytesOf(lines: readonly WireLine[], tricks: WireTricks = {}): Buffer {
  return Buffer.concat([...wireBytes({ channel: 'wechat-pay', ...EXPECTED, lines }, tricks)]);
}

async function read(bytes: Buffer, size = bytes.length): Promise<{ lines: BillLine[]; bill: CheckedBill }> {
  const reading = readWechatBill(pieces(bytes, size), EXPECTED);
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

describe('a trade bill of WeChat Pay', () => {
  it('gives payments and refunds in fen, at Beijing time, with the fee the platform keeps or gives back', async () => {
    const { lines, bill } = await read(bytesOf([payment({ attach: '学校一' }), refund({ refundStatus: 'PROCESSING' })]));
    expect(lines).toEqual([
      {
        kind: 'payment',
        merchantOrderNo: 'bistu0123456789ABCDE',
        platformTradeNo: '4200001234202611201234567890',
        amountFen: 1_234,
        feeFen: 7,
        at: Date.parse('2026-11-20T08:05:30+08:00'),
        status: 'SUCCESS',
        appId: 'wx0123456789abcdef',
        attach: '学校一',
      },
      expect.objectContaining({ kind: 'refund', refundNo: 'rf1', amountFen: 234, feeFen: -1, status: 'PROCESSING' }),
    ]);
    expect(bill.summary).toEqual({ lines: 2, paymentFen: 1_234, refundFen: 234, feeFen: 6 });
  });

  it('hashes the bytes as they came', async () => {
    const bytes = bytesOf([payment()]);
    expect((await read(bytes, 7)).bill.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('reads the same from pieces of any size', async () => {
    const bytes = bytesOf(Array.from({ length: 20 }, (_, index) => payment({ tradeNo: `42${index}`, goods: `第${index}份` })));
    const whole = await read(bytes);
    for (const size of [1, 2, 3, 64, 1_000]) expect(await read(bytes, size)).toEqual(whole);
  });

  it('knows apps and states again in later blocks of the file', async () => {
    const apps = ['wxaaaaaaaaaaaaaaaa', 'wxbbbbbbbbbbbbbbbb'];
    const made = Array.from({ length: 3_000 }, (_, index) => payment({ appId: apps[index % 2] ?? '', goods: 'x'.repeat(index % 97) }));
    const { lines } = await read(bytesOf(made));
    expect(lines.map(({ appId, status }) => `${appId} ${status}`)).toEqual(made.map(({ appId }) => `${appId} SUCCESS`));
  });

  it('finds columns by name, in another order, with unknown ones between', async () => {
    const columns = ['新列', ...[...WECHAT_COLUMNS].reverse(), '又一列'];
    expect((await read(bytesOf([payment(), refund()], { columns }))).lines).toEqual((await read(bytesOf([payment(), refund()]))).lines);
  });

  it('credits the whole order where the bill tells it, and what is settled where it does not', async () => {
    const columns = WECHAT_COLUMNS.filter((name) => name !== '订单金额' && name !== '申请退款金额');
    const text = bytesOf([payment(), refund()], { columns }).toString();
    const old = text.replace(/,订单总金额,申请退款总金额/, '').replace(/,`12\.34,`2\.34\r\n$/, '\r\n');
    expect((await read(Buffer.from(old))).lines.map((line) => line.amountFen)).toEqual([1_234, 234]);
    const coupon = bytesOf([payment()])
      .toString()
      .replace(',`CNY,`12.34,', ',`CNY,`10.00,')
      .replace(/`1,`12\.34/, '`1,`10.00');
    expect((await read(Buffer.from(coupon))).lines[0]?.amountFen).toBe(1_234);
  });

  it.each(['a,b', '"quoted", and more', 'tick ` tick', '``', 'ends with a comma,', '一,`二', '`,`,`'])(
    'is not confused by goods named %j',
    async (goods) => {
      const { lines } = await read(bytesOf([payment({ goods }), refund({ goods })]));
      expect(lines).toMatchObject([
        { amountFen: 1_234, feeFen: 7 },
        { amountFen: 234, feeFen: -1, refundNo: 'rf1' },
      ]);
    },
  );

  it('reads a revoked code payment as a refund, and a refund without a number of ours by theirs', async () => {
    const bytes = Buffer.from(
      bytesOf([refund({ refundNo: '0' })])
        .toString()
        .replace('`REFUND', '`REVOKED'),
    );
    expect((await read(bytes)).lines).toMatchObject([{ kind: 'refund', refundNo: '5200001234202611201234567890' }]);
  });

  it('reads a day without a line', async () => {
    expect((await read(bytesOf([]))).bill.summary.lines).toBe(0);
  });

  it('rounds a fee that is printed finer than a fen, and adds up what is printed', async () => {
    const bytes = bytesOf([payment({ feeFen: 0 }), payment({ feeFen: 0 })]).toString();
    const finer = bytes.replaceAll('`0.00000,`0.60%', '`0.00600,`0.60%').replace('`0.00000,`24.68', '`0.01200,`24.68');
    const { lines, bill } = await read(Buffer.from(finer));
    expect(lines.map(({ feeFen }) => feeFen)).toEqual([1, 1]);
    expect(bill.summary.feeFen).toBe(1);
  });
});

describe('a trade bill of WeChat Pay that is not to be believed', () => {
  const two = () => bytesOf([payment(), refund()]);
  const changed = (from: string | RegExp, to: string) => Buffer.from(two().toString().replace(from, to));

  const inGbk = (goods: string) => {
    const at = two().indexOf(goods);
    return Buffer.concat([two().subarray(0, at), iconv.encode(goods, 'gbk'), two().subarray(at + Buffer.byteLength(goods))]);
  };

  it.each([
    ['another encoding', Buffer.from(two().toString(), 'utf16le')],
    ['bytes of another encoding in a row', inGbk('校园卡充值')],
    ['a missing column', bytesOf([payment()], { columns: WECHAT_COLUMNS.filter((name) => name !== '商户订单号') })],
    ['a column twice', bytesOf([payment()], { columns: [...WECHAT_COLUMNS, '商户订单号'] })],
    ['another currency', changed(/`CNY/, '`USD')],
    ['an unknown state', changed('`SUCCESS,`OTHERS', '`USERPAYING,`OTHERS')],
    ['an amount in another form', changed('`12.34,`0.00,`0,', '`1.234e1,`0.00,`0,')],
    ['an amount below zero', changed(/`12\.34/g, '`-12.34')],
    ['a part of a fen', changed(/`12\.34/g, '`12.345')],
    ['a time in another form', changed('2026-11-20 08:05:30', '2026/11/20 08:05')],
    ['too few cells', changed(',`JSAPI', '')],
    ['cells too many', changed(',`JSAPI', ',`JSAPI,`1,`2')],
    ['a header that repeats', Buffer.concat([two(), two()])],
    ['a header that repeats before the end', changed('总交易单数', `${WECHAT_COLUMNS.join(',')}\r\n总交易单数`)],
    ['text after the end', Buffer.concat([two(), Buffer.from('more\r\n')])],
    ['a second summary', Buffer.concat([two(), Buffer.from('`2,`1,`1,`1,`1,`1,`1\r\n')])],
    ['a summary without counts', changed('总交易单数', '总数')],
    ['a summary without fees', changed('手续费总金额', '手续费')],
    ['a line without an end', Buffer.concat([two(), Buffer.alloc(70_000, 0x41)])],
  ])('refuses %s as malformed', (_, bytes) => fails(bytes, 'bill.malformed'));

  it('refuses a file cut anywhere', async () => {
    const bytes = two();
    const header = bytes.indexOf('\n') + 1;
    for (let end = 0; end < bytes.length - 2; end += 1) {
      const error = await read(bytes.subarray(0, end)).then(
        () => undefined,
        (reason) => reason.code,
      );
      // A summary that lost its last digits says another sum, unless they were zeros.
      const cutInSummary = end > bytes.lastIndexOf('`2,`');
      expect({ end, error }).toEqual({ end, error: cutInSummary ? expect.stringMatching(/^bill\.(totals|damaged)$/) : 'bill.damaged' });
    }
    expect(header).toBeGreaterThan(0);
  });

  it('refuses the bill of another merchant', () => fails(changed('`1900000001', '`1900000002'), 'bill.other-merchant'));

  it('refuses a row of another day', () => fails(changed('2026-11-20 08', '2026-11-21 08'), 'bill.other-day'));

  it.each(['lines', 'paymentFen', 'refundFen', 'feeFen'] as const)('refuses totals whose %s do not add up', (name) =>
    fails(bytesOf([payment(), refund()], { totals: (totals) => ({ ...totals, [name]: totals[name] + 1 }) }), 'bill.totals'),
  );

  it('refuses a line too few and a line too many', async () => {
    const text = two().toString();
    const row = text.split('\r\n')[1] ?? '';
    await fails(Buffer.from(text.replace(`${row}\r\n`, '')), 'bill.totals');
    await fails(Buffer.from(text.replace(`${row}\r\n`, `${row}\r\n${row}\r\n`)), 'bill.totals');
  });

  it('refuses a changed amount', () => fails(changed(/`12\.34,`0\.00,`\r\n/, '`12.35,`0.00,`\r\n'), 'bill.totals'));

  it('hands on what the source throws', async () => {
    async function* broken() {
      yield two().subarray(0, 300);
      throw new Error('connection lost');
    }
    const reading = readWechatBill(broken(), EXPECTED);
    await expect(
      (async () => {
        for await (const lines of reading) expect(lines.length).toBeGreaterThanOrEqual(0);
      })(),
    ).rejects.toThrow('connection lost');
  });
});
