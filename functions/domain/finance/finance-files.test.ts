import * as v from 'valibot';
import { fen } from '../../../shared/money';
import { chartSchema, standardChart, subjectOf } from './chart-of-accounts';
import { type DataTable, plainCell, tableCsv } from './data-table';
import { isPayable, maskAccount } from './payout-file';
import { merchantFee, QUIET_DAY, type Settlement } from './settlement';
import { settlementPage } from './settlement-page';
import { vouchersOf, voucherTable } from './voucher';

const table = (rows: DataTable['rows']): DataTable => ({
  name: 'x',
  columns: [
    { header: { zh: '商户', en: 'Merchant' }, kind: 'text' },
    { header: { zh: '金额', en: 'Amount' }, kind: 'money' },
    { header: { zh: '笔数', en: 'Count' }, kind: 'count' },
  ],
  rows,
});

describe('a table as CSV', () => {
  it('begins with a byte order mark and headers in both languages', () => {
    expect(tableCsv(table([['食堂', 1_250, 3]]))).toBe('\ufeff商户 Merchant,金额 Amount,笔数 Count\r\n食堂,12.50,3\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠x'])('takes the formula out of %j', (text) => {
    expect(plainCell(text)).toBe(`'${text}`);
    const cell = tableCsv(table([[text, 0, 0]]))
      .split('\r\n')
      .slice(1)
      .join('\r\n');
    expect(cell.startsWith(`"'`)).toBe(true);
  });

  it('keeps a field a field, whatever is in it', () => {
    const cell = '",=cmd|\' /C calc\'!A0,"';
    expect(tableCsv(table([[cell, 0, 0]]))).toContain(`"${cell.replaceAll('"', '""')}",0.00,0`);
    expect(tableCsv(table([['a;b', -5, null]]))).toContain('"a;b",-0.05,\r\n');
  });

  it('leaves our own figures below zero as figures', () => {
    expect(tableCsv(table([['a', -1_200, 1]]))).toContain('a,-12.00,1');
  });
});

describe('the fee', () => {
  it.each([
    [10_000, 60, 60],
    [83, 60, 0],
    [84, 60, 1],
    [-84, 60, -1],
    [1, 5_000, 1],
    [-1, 5_000, -1],
    [9_007_199_254_740_991, 10_000, 9_007_199_254_740_991],
    [12_345, 0, 0],
  ])('of %i fen at %i hundredths of a percent is %i', (amount, basisPoints, fee) => {
    expect(merchantFee(fen(amount), basisPoints)).toBe(fee);
  });
});

describe('a bank account', () => {
  const account = { bankName: '示例银行', accountName: '示例（上海）餐饮有限公司', accountNo: '6222000011112222' };
  it('is paid to when a file can carry it as it is', () => {
    expect(isPayable(account)).toBe(true);
    expect(isPayable({ ...account, accountName: "O'Neill & Co., Ltd." })).toBe(true);
    expect(maskAccount(account.accountNo)).toBe('6222****2222');
  });
  it.each([
    { accountNo: '6222-0000' },
    { accountNo: '' },
    { accountName: '-x' },
    { accountName: '@x' },
    { bankName: '' },
    { accountName: 'a\tb' },
  ])('is not paid to with %j', (change) => expect(isPayable({ ...account, ...change })).toBe(false));
});

describe('the statement of a merchant', () => {
  const settlement: Settlement = {
    ...QUIET_DAY,
    ...{
      schoolId: 's',
      merchant: 12,
      day: '2026-11-16',
      salesCount: 2,
      grossFen: fen(2_240),
      controlFen: fen(2_240),
      settledAt: 1_795_000_000_000,
    },
    ...{ corrections: [{ day: '2026-11-15', amountFen: fen(-400) }], feeBasisPoints: 65, feeFen: fen(12), netFen: fen(1_828) },
    ...{ carriedFen: fen(0), carriedFeeFen: fen(0), payableFen: fen(123_456_789) },
  };
  const parties = {
    school: { zh: '大学', en: 'University' },
    merchant: { zh: '食堂', en: 'Canteen' },
    legalName: '公司',
    utcOffsetMinutes: 480,
  };

  it('shows every sum in yuan, in both languages, with its control sum and hash', () => {
    const page = settlementPage(settlement, parties);
    for (const text of [
      '22.40',
      '1,234,567.89',
      '-0.12',
      '18.28',
      '-4.00',
      '补记 2026-11-15',
      '0.65%',
      '应付金额',
      'Payable',
      settlement.linesHash,
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('@page{size:A4');
  });

  it('loads nothing, runs nothing, and shows names as text', () => {
    const name = '<script>alert(1)</script>"\'&';
    const page = settlementPage(settlement, {
      ...parties,
      merchant: { zh: name, en: name },
      legalName: name,
      school: { zh: name, en: name },
    });
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
    expect(page.match(/(src|href)=|url\(|@import/g)).toBeNull();
    expect(page).toContain("default-src 'none'");
  });
});

describe('the chart of accounts', () => {
  const sheet = {
    ...{ schoolId: 's', day: '2026-11-16', closing: {}, madeAt: 1 },
    kinds: {
      claim: { card: fen(100), transit: fen(-100) },
      charge: { card: fen(-1_810), 'merchant:12': fen(1_250), 'merchant:13': fen(560) },
    },
    corrections: { '2026-11-15': { 'top-up': { 'channel:alipay': fen(-5), transit: fen(5) } } },
  };

  it('makes a voucher of each kind, debit before credit, merchants each by itself', () => {
    const { rows } = voucherTable('2026-11-16', vouchersOf(sheet, standardChart()));
    expect(rows.map((row) => [row[1], row[3], row[5], row[6], row[7]])).toEqual([
      ['2026-11-16-001', '2203.02', '', 100, null],
      ['2026-11-16-001', '2203.01', '', null, 100],
      ['2026-11-16-002', '2203.01', '', 1_810, null],
      ['2026-11-16-002', '2202.01', 'merchant:12', null, 1_250],
      ['2026-11-16-002', '2202.01', 'merchant:13', null, 560],
      ['2026-11-16-003', '1012.02', '', 5, null],
      ['2026-11-16-003', '2203.02', '', null, 5],
    ]);
    expect(rows[5]?.[2]).toBe('补记 2026-11-15 充值 Found for 2026-11-15: Top-up');
  });

  it('of a school may put several sides under one subject; what moves inside it needs no voucher', () => {
    const name = { zh: '科目', en: 'Subject' };
    const chart = v.parse(chartSchema, {
      name,
      subjects: [
        { leg: 'card', code: '2203', name },
        { leg: 'transit', code: '2203', name },
        { leg: 'merchant:*', code: '2202', name },
        { leg: 'merchant:13', code: '2202.13', name },
        { leg: 'channel:*', code: '1012', name },
      ],
    });
    const vouchers = vouchersOf(sheet, chart);
    expect(vouchers.map(({ summary }) => summary.en)).toEqual(['Sale', 'Found for 2026-11-15: Top-up']);
    expect(vouchers[0]?.lines.map(({ subject }) => subject.code)).toEqual(['2203', '2202', '2202.13']);
    expect(subjectOf(chart, 'merchant:13')?.code).toBe('2202.13');
    expect(subjectOf(chart, 'bank:main')).toBeUndefined();
  });

  it('says which side it has no subject for', () => {
    const chart = { ...standardChart(), subjects: standardChart().subjects.filter(({ leg }) => leg !== 'merchant:*') };
    expect(() => vouchersOf(sheet, chart)).toThrow(expect.objectContaining({ code: 'finance.no-subject', detail: { leg: 'merchant:12' } }));
  });

  it.each([
    ['two subjects for one side', [{ leg: 'card' }, { leg: 'card' }]],
    ['no subject at all', []],
    ['a pattern in the middle', [{ leg: 'mer*:1' }]],
  ])('is refused with %s', (_what, subjects) => {
    const name = { zh: '科目', en: 'Subject' };
    expect(v.safeParse(chartSchema, { name, subjects: subjects.map((one) => ({ ...one, code: '2203', name })) }).success).toBe(false);
  });
});
