import * as v from 'valibot';
import { chartSchema } from '../domain/finance/chart-of-accounts';
import { FinanceWorld, SCHOOL, SHOP } from '../test/finance-world';
import { createModelDatabase } from '../test/model-database';
import { closeDay } from './close-day';
import { type ExportDeps, exportBalanceSheet, exportSettlements, exportStatement, exportVouchers, readChart } from './export-finance';

const MONDAY = '2026-11-16';
let world: FinanceWorld;
let deps: ExportDeps;
const written: unknown[] = [];

beforeEach(async () => {
  world = await new FinanceWorld(createModelDatabase()).open();
  deps = {
    ...world.deps,
    async writeWorkbook(table) {
      written.push(table);
      return Buffer.from('xlsx');
    },
  };
  world.at(MONDAY, '08:00');
  await world.usualDay(MONDAY, [await world.account(), await world.account()]);
  world.at('2026-11-17', '10:10');
});

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const csv = { schoolId: SCHOOL, day: MONDAY, format: 'csv' } as const;

describe("finance's files of a day", () => {
  it('are there once the day has its sheet', async () => {
    for (const make of [exportSettlements, exportBalanceSheet, exportVouchers]) {
      await expect(make(deps, csv)).rejects.toMatchObject({ code: 'finance.unknown' });
    }
    await expect(exportStatement(deps, { schoolId: SCHOOL, day: MONDAY, merchant: 12 })).rejects.toMatchObject({ code: 'finance.unknown' });
  });

  it('hold the settlement of every merchant, a formula in a name made harmless', async () => {
    await world.deps.merchants.save({ ...SHOP, name: { zh: '=cmd|calc', en: '=cmd|calc' } });
    await closeDay(world.deps, SCHOOL, MONDAY);
    const file = await exportSettlements(deps, csv);
    expect(file).toMatchObject({ name: `settlement-${SCHOOL}-${MONDAY}.csv`, contentType: 'text/csv; charset=utf-8' });
    const lines = text(file.bytes).split('\r\n');
    expect(lines[0]).toMatch(/^\ufeff营业日 Business day,商户号 Merchant no\./);
    expect(lines[1]).toMatch(
      /^2026-11-16,12,第一食堂,示例餐饮有限公司,2,22\.40,1,9\.90,0\.00,0\.00,0\.08,12\.42,0\.00,12\.42,12\.50,[0-9a-f]{64}$/,
    );
    expect(lines[2]).toMatch(/^2026-11-16,13,"'=cmd\|calc",/);
  });

  it('hold a balance sheet whose two columns are equal, and vouchers that balance', async () => {
    await closeDay(world.deps, SCHOOL, MONDAY);
    for (const make of [exportBalanceSheet, exportVouchers]) {
      const rows = text((await make(deps, csv)).bytes)
        .trim()
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(','));
      const total = (column: number): number => rows.reduce((all, row) => all + Math.round(Number(row.at(column) ?? 0) * 100), 0);
      expect(total(-2)).toBeGreaterThan(0);
      expect(total(-2)).toBe(total(-1));
    }
  });

  it('are the same tables as a workbook', async () => {
    await closeDay(world.deps, SCHOOL, MONDAY);
    const file = await exportSettlements(deps, { ...csv, format: 'xlsx' });
    expect(file.name).toBe(`settlement-${SCHOOL}-${MONDAY}.xlsx`);
    expect(text(file.bytes)).toBe('xlsx');
    expect(written.at(-1)).toMatchObject({
      name: `settlement ${MONDAY}`,
      rows: [expect.arrayContaining([12, 1_250]), expect.arrayContaining([13])],
    });
  });

  it('hold the statement of one merchant as a page', async () => {
    await closeDay(world.deps, SCHOOL, MONDAY);
    const file = await exportStatement(deps, { schoolId: SCHOOL, day: MONDAY, merchant: 12 });
    expect(file).toMatchObject({ name: `statement-${SCHOOL}-12-${MONDAY}.html`, contentType: 'text/html; charset=utf-8' });
    expect(text(file.bytes)).toContain('示例餐饮有限公司');
  });

  it("follow the school's own chart of accounts once it has one", async () => {
    await closeDay(world.deps, SCHOOL, MONDAY);
    const standard = await readChart(deps, SCHOOL);
    const subjects = standard.subjects.map((subject) => (subject.leg === 'card' ? { ...subject, code: '9999' } : subject));
    await deps.charts.save(SCHOOL, v.parse(chartSchema, { ...standard, subjects }));
    expect(text((await exportVouchers(deps, csv)).bytes)).toContain(',9999,');
    await deps.charts.save(SCHOOL, { ...standard, subjects: subjects.filter(({ leg }) => leg !== 'card') });
    await expect(exportVouchers(deps, csv)).rejects.toMatchObject({ code: 'finance.no-subject', detail: { leg: 'card' } });
  });
});
