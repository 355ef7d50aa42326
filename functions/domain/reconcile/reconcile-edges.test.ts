import { FAULTS, type Facts, PLAIN, type Told } from '../../../bench/reconcile/stories';
import { type WireLine, wireBytes } from '../../../bench/reconcile/wire';
import { AppError } from '../../../shared/errors';
import { fen } from '../../../shared/money';
import { DAY_MS } from '../../../shared/time';
import { noTrades, readBill } from '../bills/read-bill';
import { type BookLine, type BookPages, type ReconcileInput, type Reconciliation, ROWS_AT_ONCE, reconcile } from '.';
import { hashStart, hashText } from './byte-keys';

const DAY = '2026-11-20';
const DAY_STARTS_AT = Date.parse(`${DAY}T00:00:00+08:00`);
const MERCHANT = '1900000001';

function facts(index: number, more: Partial<Facts> = {}): Facts {
  const serial = String(index).padStart(15, '0');
  return {
    channel: 'wechat-pay',
    schoolId: 'bistu',
    orderNo: `bistu${serial}`,
    refundNo: `rf${serial}`,
    tradeNo: `42${serial.padStart(26, '0')}`,
    amountFen: 1_000,
    feeFen: 6,
    accountNo: index,
    n: 7,
    dayStartsAt: DAY_STARTS_AT,
    second: 30_000 + index,
    ...more,
  };
}

async function* pagesOf(entries: readonly BookLine[] | undefined): BookPages {
  yield entries ?? [];
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

function billOf(lines: readonly WireLine[], day = DAY, channel: Facts['channel'] = 'wechat-pay') {
  const bytes = Buffer.concat([...wireBytes({ channel, merchantId: MERCHANT, day, lines })]);
  return readBill(channel, once(bytes), { merchantId: MERCHANT, day });
}

function inputOf(told: readonly Told[], more: Partial<ReconcileInput> = {}): ReconcileInput {
  const orders = new Map(told.flatMap(({ order }) => (order === undefined ? [] : [[order.orderNo, order] as const])));
  const refunds = new Map(told.flatMap(({ refund }) => (refund === undefined ? [] : [[refund.refundNo, refund] as const])));
  const channel = more.channel ?? 'wechat-pay';
  return {
    channel,
    day: DAY,
    bill: billOf(
      told.flatMap(({ lines }) => lines),
      DAY,
      channel,
    ),
    schools: ['bistu'],
    startedAt: DAY_STARTS_AT + 3 * DAY_MS,
    books: {
      before: pagesOf(told.flatMap(({ before }) => before ?? [])),
      of: pagesOf(told.flatMap((one) => one.of ?? [])),
      after: pagesOf(told.flatMap(({ after }) => after ?? [])),
    },
    rows: { orders: async () => orders, refunds: async () => refunds },
    otherBill: async () => 'not-ready',
    ...more,
  };
}

const run = (told: readonly Told[], more: Partial<ReconcileInput> = {}) => reconcile(inputOf(told, more));
const said = ({ differences }: Reconciliation) => differences.map((one) => `${one.class} ${one.act} ${one.reason}`);

describe('a bill that cannot be believed', () => {
  it('gives no outcome at all when it is cut short, and none of another platform or day', async () => {
    const bytes = Buffer.concat([...wireBytes({ channel: 'wechat-pay', merchantId: MERCHANT, day: DAY, lines: [] })]);
    const expected = { merchantId: MERCHANT, day: DAY };
    const cut = readBill('wechat-pay', once(bytes.subarray(0, -20)), expected);
    await expect(run([], { bill: cut })).rejects.toMatchObject({ code: 'bill.damaged' });
    await expect(run([], { bill: billOf([], '2026-11-19') })).rejects.toMatchObject({ code: 'bill.other-day' });
    await expect(run([], { bill: billOf([], DAY, 'alipay') })).rejects.toMatchObject({ code: 'bill.other-merchant' });
  });

  it('is not the word of the platform that nothing was traded, which balances an empty day and no other', async () => {
    const none = () => noTrades('wechat-pay', { merchantId: MERCHANT, day: DAY });
    expect((await run([], { bill: none() })).status).toBe('balanced');
    expect(said(await run([FAULTS['not in the bill'](facts(1))], { bill: none() }))).toEqual(['missing-in-bill hold not-in-bill']);
  });
});

describe('an entry near midnight', () => {
  const late = FAULTS["in tomorrow's bill, perhaps"](facts(1));
  const line = (more: Partial<WireLine> = {}): WireLine => ({
    kind: 'payment',
    orderNo: facts(1).orderNo,
    tradeNo: facts(1).tradeNo,
    amountFen: 1_000,
    feeFen: 6,
    time: '2026-11-21 00:00:01',
    ...more,
  });
  const tomorrow = (lines: readonly WireLine[]) => ({
    otherBill: async (day: string) => (day === '2026-11-21' ? billOf(lines, day) : ('not-ready' as const)),
  });

  it('waits while the neighbour bill is not there, cannot be read or is refused', async () => {
    const waits = ['late wait bill-to-come'];
    const outcome = await run([late]);
    expect(said(outcome)).toEqual(waits);
    expect(outcome.status).toBe('open');
    const cut = async () => readBill('wechat-pay', once(Buffer.alloc(10)), { merchantId: MERCHANT, day: '2026-11-21' });
    expect(said(await run([late], { otherBill: cut }))).toEqual(waits);
    const refused = async () => Promise.reject(new AppError('bill.refused'));
    expect(said(await run([late], { otherBill: refused }))).toEqual(waits);
    await expect(run([late], { otherBill: async () => Promise.reject(new Error('a fault')) })).rejects.toThrow('a fault');
  });

  it('is explained when its line stands there', async () => {
    const outcome = await run([late], tomorrow([line(), line({ orderNo: 'bistu000000000000099' })]));
    expect(outcome.status).toBe('balanced');
    expect(outcome.total.bookMatched).toEqual({ count: 1, paymentFen: 1_000, refundFen: 0 });
  });

  it('is missing when the line does not stand there, or is of another trade', async () => {
    expect(said(await run([late], tomorrow([])))).toEqual(['missing-in-bill hold not-in-bill']);
    expect(said(await run([late], tomorrow([line({ tradeNo: '4299' })])))).toEqual(['missing-in-bill hold not-in-bill']);
  });

  it('is held when the line there is of another amount', async () => {
    expect(said(await run([late], tomorrow([line({ amountFen: 999 })])))).toEqual(['amount-mismatch hold other-in-bill']);
  });

  it('asks for the bill of each day once', async () => {
    const asked: string[] = [];
    const many = Array.from({ length: 30 }, (_, index) => FAULTS["in tomorrow's bill, perhaps"](facts(index)));
    const otherBill = async (day: string) => {
      asked.push(day);
      return 'not-ready' as const;
    };
    expect((await run(many, { otherBill })).counts.late).toBe(30);
    expect(asked).toEqual(['2026-11-21']);
  });
});

describe('money that came twice', () => {
  const twice = FAULTS['paid twice'](facts(1));

  it('is given back for the trade that is not the order row has, whichever came first', async () => {
    const [difference] = (await run([twice])).differences;
    expect(difference).toMatchObject({ class: 'duplicate-payment', act: 'refund', platformTradeNo: `9${facts(1).tradeNo.slice(1)}` });
  });

  it('credits the first and gives back the second of an order that nobody had confirmed', async () => {
    const { order } = FAULTS['missing callback'](facts(1));
    const outcome = await run([{ lines: [...twice.lines].reverse(), order }]);
    expect(outcome.differences).toMatchObject([
      { class: 'duplicate-payment', act: 'refund', platformTradeNo: facts(1).tradeNo },
      { class: 'missing-callback', act: 'credit', platformTradeNo: `9${facts(1).tradeNo.slice(1)}` },
    ]);
  });

  it('credits the one of the right amount, though another came first', async () => {
    const { order } = FAULTS['missing callback'](facts(1));
    const lines = twice.lines.map((line, place) => (place === 0 ? { ...line, amountFen: 5 } : line));
    const outcome = await run([{ lines, order }]);
    expect(said(outcome)).toEqual(['duplicate-payment hold second-trade', 'missing-callback credit created']);
    expect(outcome.differences[1]?.platformTradeNo).toBe(facts(1).tradeNo);
  });

  it('is held where the second is of another amount', async () => {
    const told = { ...twice, lines: twice.lines.map((line, place) => (place === 0 ? { ...line, amountFen: 5 } : line)) };
    expect(said(await run([told]))).toEqual(['duplicate-payment hold second-trade']);
  });

  it('is never given back or credited for a line that the bill repeats', async () => {
    const orphan = FAULTS.orphan(facts(1));
    expect(said(await run([{ ...orphan, lines: [...orphan.lines, ...orphan.lines, ...orphan.lines] }]))).toEqual([
      'duplicate-line hold repeated-line',
      'duplicate-line hold repeated-line',
      'orphan-payment refund no-order',
    ]);
    const missing = FAULTS['missing callback'](facts(1));
    expect(said(await run([{ ...missing, lines: [...missing.lines, ...missing.lines] }]))).toEqual([
      'duplicate-line hold repeated-line',
      'missing-callback credit created',
    ]);
    const refund = PLAIN.refunded(facts(2));
    expect(said(await run([{ ...refund, lines: [...refund.lines, ...refund.lines] }]))).toEqual(['duplicate-line hold repeated-refund']);
  });

  it('takes a line that stands a hundred and fifty thousand times in its stride', async () => {
    const { lines } = FAULTS.orphan(facts(1));
    const outcome = await run([{ lines: Array.from({ length: 150_000 }, () => lines).flat() }], { differenceLimit: 200_000 });
    expect(outcome.counts).toMatchObject({ 'orphan-payment': 1, 'duplicate-line': 149_999 });
  });
});

describe('money of strangers', () => {
  const orphan = (orderNo: string, channel: Facts['channel'], appId?: string) => {
    const { lines } = FAULTS.orphan(facts(1, { channel }));
    return { lines: lines.map((line) => ({ ...line, orderNo, ...(appId === undefined ? {} : { appId }) })) };
  };

  it('goes back by itself only where number or app say that it was meant for us', async () => {
    const appIds = new Set(['wx0123456789abcdef']);
    expect(said(await run([orphan('bistu000000000000001', 'alipay')], { channel: 'alipay' }))).toEqual(['orphan-payment refund no-order']);
    expect(said(await run([orphan('canteen-7', 'alipay')], { channel: 'alipay' }))).toEqual(['orphan-payment hold no-order']);
    expect(said(await run([orphan('canteen-7', 'wechat-pay')], { appIds }))).toEqual(['orphan-payment refund no-order']);
    expect(said(await run([orphan('canteen-7', 'wechat-pay', 'wxother')], { appIds }))).toEqual(['foreign hold other-app']);
    expect(said(await run([orphan('dufl000000000000001', 'alipay')], { channel: 'alipay' }))).toEqual(['foreign hold other-school']);
  });

  it('is summed apart from the schools', async () => {
    const outcome = await run([orphan('canteen-7', 'wechat-pay'), PLAIN.credited(facts(1))]);
    expect(outcome.strangers.bill).toMatchObject({ count: 1, paymentFen: 1_000 });
    expect(outcome.bySchool.get('bistu')?.bill).toEqual({ count: 1, paymentFen: 1_000, refundFen: 0, feeFen: 6 });
    expect(outcome.differences[0]).not.toHaveProperty('schoolId');
  });
});

describe('rows, books and the clock', () => {
  it('believes the row of an order that was credited while the books were being read', async () => {
    const fault = FAULTS['entry not in its book'](facts(1));
    const recordedAt = fault.order.entry?.recordedAt ?? 0;
    expect((await run([fault], { startedAt: recordedAt + 59_000 })).status).toBe('balanced');
    expect(said(await run([fault], { startedAt: recordedAt + 61_000 }))).toEqual(['books-disagree hold entry-not-in-book']);
  });

  it('asks for rows in batches, and only for what is not plain', async () => {
    const asked: number[] = [];
    const missing = Array.from({ length: 250 }, (_, index) => FAULTS['missing callback'](facts(index)));
    const plain = Array.from({ length: 500 }, (_, index) => PLAIN.credited(facts(1_000 + index)));
    const input = inputOf([...plain, ...missing]);
    const orders: ReconcileInput['rows']['orders'] = (numbers) => {
      asked.push(numbers.length);
      return input.rows.orders(numbers);
    };
    expect((await reconcile({ ...input, rows: { ...input.rows, orders } })).counts['missing-callback']).toBe(250);
    expect(asked).toEqual([ROWS_AT_ONCE, ROWS_AT_ONCE, 50]);
  });

  it('holds an entry whose refund the platform has refused under no row, and one returned without a failure', async () => {
    const returned = PLAIN['refund that failed'](facts(1));
    expect(said(await run([{ lines: [], of: returned.of }]))).toEqual([
      'books-disagree hold entry-without-refund',
      'books-disagree hold entry-without-refund',
    ]);
    const succeeded = { ...returned.refund, state: 'succeeded' as const };
    expect(said(await run([{ ...returned, refund: succeeded }])).sort()).toEqual([
      'refund-mismatch hold not-in-bill',
      'refund-mismatch hold returned-though-not-failed',
    ]);
  });

  it('holds a refund that was returned to the holder by its entry alone, and one that names another order', async () => {
    const returned = FAULTS['returned, yet paid out'](facts(1));
    const told = { ...returned, refund: { ...returned.refund, state: 'succeeded' as const } };
    expect(said(await run([told]))).toEqual(['refund-mismatch hold paid-though-returned']);
    const refunded = PLAIN['orphan sent back'](facts(2));
    const other = { ...refunded, refund: { ...refunded.refund, orderNo: facts(3).orderNo } };
    expect(said(await run([other]))).toEqual(['refund-mismatch hold other-order']);
  });

  it('finds an order credited twice whose line the bill does not have', async () => {
    const missing = FAULTS['not in the bill'](facts(1));
    const twice = { ...missing, of: missing.of.flatMap((entry) => [entry, { ...entry, n: 8 }]) };
    expect(said(await run([twice]))).toEqual(['credited-twice hold second-entry', 'missing-in-bill hold not-in-bill']);
  });

  it('names the fault the same on whatever day it is found', async () => {
    const [first] = (await run([FAULTS.orphan(facts(1))])).differences;
    const lines = FAULTS.orphan(facts(1)).lines.map((line) => ({ ...line, time: '2026-11-21 12:00:00' }));
    const [second] = (await run([], { day: '2026-11-21', bill: billOf(lines, '2026-11-21') })).differences;
    expect(second?.id).toBe(first?.id);
    const [other] = (await run([FAULTS.orphan(facts(2))])).differences;
    expect(other?.id).not.toBe(first?.id);
  });
});

describe('more differences than a person can look at', () => {
  it('suspends the day: some are itemized, the rest is counted, and no money is lost from the sums', async () => {
    const orphans = Array.from({ length: 1_000 }, (_, index) => FAULTS.orphan(facts(index)));
    const outcome = await run([...orphans, PLAIN.credited(facts(5_000))], { differenceLimit: 10 });
    expect(outcome.status).toBe('suspended');
    expect(outcome.differences).toHaveLength(10);
    const counted = outcome.counts['orphan-payment'] + outcome.unexamined.bill.count;
    expect(counted).toBe(1_000);
    expect(outcome.total.matched.count).toBe(1);
  });

  it('suspends a day whose entries the bill does not have', async () => {
    const gone = Array.from({ length: 500 }, (_, index) => ({ ...PLAIN.credited(facts(index)), lines: [], order: undefined }));
    const outcome = await run(
      gone.map(({ order: _, ...one }) => one),
      { differenceLimit: 10 },
    );
    expect(outcome.status).toBe('suspended');
    expect(outcome.unexamined.book.count + outcome.counts['books-disagree']).toBe(500);
    expect(outcome.unexamined.book.paymentFen).toBe(outcome.unexamined.book.count * 1_000);
  });

  it('is not suspended by as many as the limit', async () => {
    const orphans = Array.from({ length: 10 }, (_, index) => FAULTS.orphan(facts(index)));
    expect((await run(orphans, { differenceLimit: 10 })).status).toBe('different');
  });
});

it('never takes one number for another, though they share a hash', async () => {
  const pair = [331_786, 1_064_800].map((index) => facts(index, { second: 30_000 }));
  expect(new Set(pair.map(({ orderNo }) => hashText(orderNo, hashStart(false)))).size).toBe(1);
  const [first, second] = pair.map(PLAIN.credited);
  const lines = [...(first?.lines ?? []), ...(second?.lines ?? [])];
  expect((await run([{ lines, of: [...(second?.of ?? []), ...(first?.of ?? [])] }])).status).toBe('balanced');
  const onlySecond = await run([{ lines: first?.lines ?? [], of: second?.of ?? [] }]);
  expect(said(onlySecond)).toEqual(['books-disagree hold entry-without-order', 'orphan-payment refund no-order']);
});

it('counts fees of what it matched', async () => {
  const { total } = await run([PLAIN.credited(facts(1)), PLAIN.refunded(facts(2)), FAULTS.orphan(facts(3))]);
  expect(total.bill).toEqual({ count: 3, paymentFen: 2_000, refundFen: 1_000, feeFen: fen(6) });
  expect(total.matched).toEqual({ count: 2, paymentFen: 1_000, refundFen: 1_000, feeFen: 0 });
});
