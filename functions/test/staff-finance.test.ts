import { writeWorkbook } from '../lib/workbook';
import { closeDay } from '../operations/close-day';
import { createPassControls } from '../store/passes';
import { createReceivableCases } from '../store/receivable-cases';
import { createReconciliations } from '../store/reconciliations';
import { createStaffDeps } from '../wiring/staff';
import type { FinanceDeps } from '../wiring/staff-finance';
import { FinanceWorld } from './finance-world';
import { createModelDatabase } from './model-database';
import { codeOf, office, SCHOOL } from './staff-office';

const DAY = '2026-11-21';

/** A school whose Saturday is closed and reconciled, and its finance people at their desks. */
async function bureau() {
  const database = createModelDatabase();
  const world = await new FinanceWorld(database).open();
  world.at(DAY, '08:00');
  const holders = [await world.account(), await world.account()] as const;
  await world.usualDay(DAY, holders);
  world.at('2026-11-22', '10:30');
  await closeDay(world.deps, SCHOOL, DAY);
  const reconciliations = createReconciliations(database);
  for (const [channel, paidFen] of [
    ['wechat-pay', 10_000],
    ['alipay', 8_000],
  ] as const) {
    const sums = {
      billCount: 1,
      billPaymentFen: paidFen,
      billRefundFen: 0,
      billFeeFen: 60,
      bookCount: 1,
      bookPaymentFen: paidFen,
      bookRefundFen: 0,
      matchedCount: 1,
    };
    const at = world.till.now;
    await reconciliations.save({
      schoolId: SCHOOL,
      channel,
      day: DAY,
      state: 'balanced',
      billSha256: 'a'.repeat(64),
      sums,
      differences: 0,
      firstRunAt: at,
      lastRunAt: at,
      runs: 1,
    });
  }
  const audit = createStaffDeps({
    database,
    clock: world.deps.clock,
    peppers: { current: 'p1', keys: { p1: new Uint8Array(32).fill(7) } },
  });
  const finance: FinanceDeps = {
    ...world.deps,
    ...audit,
    ...world.deps,
    receivableCases: createReceivableCases(database),
    passControls: createPassControls(database),
    reconciliations,
    writeWorkbook,
    isReconciled: async (_school, day) => day === DAY,
  };
  const desk = await office(database, { finance });
  for (const [name, roles] of [
    ['fin2', ['finance']],
    ['office', ['card-office']],
  ] as const)
    await desk.appoint(name, [...roles]);
  await desk.appoint('canteen', ['merchant'], [12]);
  const tokens = new Map<string, string>();
  const as = async (userName: string, method: string, path: string, body?: object) => {
    const token = tokens.get(userName) ?? (await desk.signIn(userName));
    tokens.set(userName, token);
    return desk.ask(method, path, token, body);
  };
  const read = async (userName: string, path: string) => JSON.parse(String((await as(userName, 'GET', path)).body));
  return { world, desk, as, read, holders };
}

describe('who may see and do what', () => {
  const asked: readonly (readonly [string, string, readonly string[]])[] = [
    ['GET', `/staff/sheets/${DAY}`, ['fin', 'aud']],
    ['GET', `/staff/reconciliations/wechat-pay/${DAY}`, ['fin', 'aud']],
    ['GET', `/staff/settlements/${DAY}`, ['fin', 'aud', 'canteen']],
    ['GET', `/staff/statements/12/${DAY}`, ['fin', 'aud', 'canteen']],
    ['GET', `/staff/statements/13/${DAY}`, ['fin', 'aud']],
    ['GET', `/staff/vouchers/${DAY}/file`, ['fin', 'aud']],
    ['GET', '/staff/suspense', ['fin', 'aud']],
    ['GET', '/staff/adjustments', ['fin', 'aud']],
    ['GET', '/staff/receivables', ['fin', 'aud']],
    ['POST', `/staff/payouts/${DAY}`, ['fin']],
    ['POST', `/staff/days/${DAY}/lock`, ['fin']],
  ];

  it.each(asked)('%s %s', async (method, path, allowed) => {
    const { as } = await bureau();
    for (const userName of ['fin', 'aud', 'canteen', 'office', 'boss']) {
      expect([userName, codeOf(await as(userName, method, path))]).toEqual([
        userName,
        allowed.includes(userName) ? 'ok' : 'staff.forbidden',
      ]);
    }
  });

  it.each([
    ['/staff/receivables/999/clear', ['fin', 'office'], 'account.unknown'],
    ['/staff/passes/give-up', ['office'], 'pass.not-offered'],
  ])('POST %s', async (path, allowed, refusal) => {
    const { as } = await bureau();
    for (const userName of ['fin', 'aud', 'canteen', 'office', 'boss']) {
      const heard = codeOf(await as(userName, 'POST', path));
      expect([userName, heard]).toEqual([userName, allowed.includes(userName) ? refusal : 'staff.forbidden']);
    }
  });

  it('nobody who is not signed in sees anything', async () => {
    const { desk } = await bureau();
    for (const [method, path] of asked) expect(codeOf(await desk.ask(method, path))).toBe('staff.sign-in-required');
  });
});

describe('what finance reads', () => {
  it('the balance sheet sums to zero, side by side and group by group, and recomputes from the entries', async () => {
    const { read } = await bureau();
    const sheet = await read('aud', `/staff/sheets/${DAY}`);
    const total = (sums: Record<string, number>) => Object.values(sums).reduce((all, amountFen) => all + amountFen, 0);
    expect(total(sheet.closing)).toBe(0);
    expect(total(sheet.groups)).toBe(0);
    expect(sheet.closing).toMatchObject({
      'channel:wechat-pay': -10_000,
      'channel:alipay': -8_000,
      'merchant:12': 1_250,
      'merchant:13': 560,
    });
    expect(await read('aud', `/staff/sheets/${DAY}/verify`)).toEqual({ days: 1, lastDay: DAY, sound: true, faults: [] });
    expect(codeOf(await (await bureau()).as('aud', 'GET', '/staff/sheets/2026-11-30'))).toBe('finance.unknown');
    expect(codeOf(await (await bureau()).as('aud', 'GET', '/staff/sheets/someday'))).toBe('request.malformed');
  });

  it('a merchant sees its own settlement, with the sum and the hash of its entries', async () => {
    const { read } = await bureau();
    const { settlements } = await read('canteen', `/staff/settlements/${DAY}`);
    expect(settlements).toMatchObject([
      { merchant: 12, grossFen: 2_240, refundsFen: 990, controlFen: 1_250, feeFen: 8, netFen: 1_242, payableFen: 1_242 },
    ]);
    expect((await read('fin', `/staff/settlements/${DAY}`)).settlements).toHaveLength(2);
  });

  it('files come as bytes with a name: XLSX, CSV and a page to print', async () => {
    const { as } = await bureau();
    const xlsx = await as('fin', 'GET', `/staff/settlements/${DAY}/file`);
    expect(
      Buffer.from(xlsx.body as Uint8Array)
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    expect(xlsx.headers['content-disposition']).toBe(`attachment; filename="settlement-${SCHOOL}-${DAY}.xlsx"`);
    const page = await as('canteen', 'GET', `/staff/statements/12/${DAY}`);
    expect(page.headers['content-type']).toContain('text/html');
    expect(Buffer.from(page.body as Uint8Array).toString('utf8')).toContain('第一食堂');
    expect(page.headers['cache-control']).toBe('no-store');
  });
});

describe('what finance does', () => {
  const propose = (more: object = {}) => ({
    adjustmentNo: 'ADJ-0001',
    kind: 'adjustment',
    day: '2026-11-22',
    postings: [
      { leg: 'cash:7', amountFen: 100 },
      { leg: 'over-short', amountFen: -100 },
    ],
    reason: '短款一元',
    ...more,
  });

  it('an adjustment takes two people, is written once, and both are in the audit log', async () => {
    const { as, read } = await bureau();
    expect(
      codeOf(
        await as(
          'fin',
          'POST',
          '/staff/adjustments',
          propose({
            postings: [
              { leg: 'cash:7', amountFen: 1 },
              { leg: 'over-short', amountFen: 1 },
            ],
          }),
        ),
      ),
    ).toBe('finance.unbalanced');
    expect(codeOf(await as('fin', 'POST', '/staff/adjustments', propose()))).toBe('ok');
    expect(codeOf(await as('fin', 'POST', '/staff/adjustments/ADJ-0001/approve'))).toBe('staff.second-person');
    const approved = await Promise.all([
      as('fin2', 'POST', '/staff/adjustments/ADJ-0001/approve'),
      as('fin2', 'POST', '/staff/adjustments/ADJ-0001/approve'),
    ]);
    expect(approved.map(codeOf)).toEqual(['ok', 'ok']);
    expect((await read('aud', '/staff/adjustments')).adjustments).toMatchObject([
      { adjustmentNo: 'ADJ-0001', state: 'posted', proposedBy: 'fin', decidedBy: 'fin2' },
    ]);
    const { records } = await read('aud', '/staff/audit');
    const acts = records.map((one: Record<string, string>) => `${one.userName} ${one.act} ${one.outcome}`);
    expect(acts).toEqual(
      expect.arrayContaining(['fin adjustment.propose done', 'fin adjustment.approve staff.second-person', 'fin2 adjustment.approve done']),
    );
  });

  it('merchants are paid once; the file is for whoever signs for it', async () => {
    const { as, read } = await bureau();
    const first = JSON.parse(String((await as('fin', 'POST', `/staff/payouts/${DAY}`)).body));
    expect(first.batches).toMatchObject([{ count: 1, totalFen: 1_242, lines: [{ merchant: 12, amountFen: 1_242 }] }]);
    expect(JSON.stringify(first)).not.toContain('6222000011112222');
    expect(first.unpayable).toEqual([{ merchant: 13, amountFen: 560, reason: 'no-account' }]);
    expect(JSON.parse(String((await as('fin2', 'POST', `/staff/payouts/${DAY}`)).body))).toEqual(first);
    const file = await as('fin', 'GET', `/staff/payouts/${DAY}/${first.batches[0].batchNo}/file`);
    expect(Buffer.from(file.body as Uint8Array).toString('utf8')).toContain('6222000011112222');
    const taken = { userName: 'fin', act: 'settlement.pay', detail: 'file', outcome: 'done' };
    expect((await read('aud', '/staff/audit')).records).toContainEqual(expect.objectContaining(taken));
  });

  it('what arrives at the bank is booked net of fees, once; what fits nothing is left for a person', async () => {
    const { as } = await bureau();
    const arrivals = [
      { bankRef: 'BOC20261122001', day: '2026-11-22', channel: 'wechat-pay', amountFen: 9_940 },
      { bankRef: 'BOC20261122002', day: '2026-11-22', channel: 'alipay', amountFen: 1 },
    ];
    const report = JSON.parse(String((await as('fin', 'POST', '/staff/arrivals', { arrivals })).body));
    expect(report.booked).toMatchObject([{ bankRef: 'BOC20261122001', state: 'booked' }]);
    expect(report.unmatched).toMatchObject([{ bankRef: 'BOC20261122002' }]);
    expect(report.outstanding).toEqual([{ channel: 'alipay', day: DAY, netFen: 7_940 }]);
    const again = JSON.parse(String((await as('fin', 'POST', '/staff/arrivals', { arrivals })).body));
    expect(again.booked).toEqual([]);
    expect(codeOf(await as('fin', 'POST', '/staff/arrivals', { arrivals: [{ ...arrivals[0], amountFen: 9_941 }] }))).toBe(
      'request.replayed-differently',
    );
  });

  it('a day is locked once it is reconciled, and then takes no adjustment', async () => {
    const { as, read } = await bureau();
    expect(codeOf(await as('fin', 'POST', `/staff/days/${DAY}/lock`))).toBe('ok');
    expect((await read('fin', `/staff/sheets/${DAY}`)).locked).toMatchObject({ lockedBy: 'fin' });
    expect(codeOf(await as('fin', 'POST', '/staff/adjustments', propose({ day: DAY })))).toBe('day.locked');
    expect(codeOf(await as('fin', 'POST', '/staff/days/2026-11-22/lock'))).toBe('day.open');
  });

  it('notes of a cash machine are counted by two, and the chart of accounts has one subject a side', async () => {
    const { as, read } = await bureau();
    const count = { collectionNo: 'C-0001', terminal: 40, expectedFen: 50_000, countedFen: 49_900, witnessedBy: 'fin2' };
    expect(codeOf(await as('fin', 'POST', '/staff/cash-collections', { ...count, witnessedBy: 'fin' }))).toBe('staff.second-person');
    expect(JSON.parse(String((await as('fin', 'POST', '/staff/cash-collections', count)).body))).toMatchObject({ overShortFen: -100 });
    const chart = await read('fin', '/staff/chart');
    expect(codeOf(await as('fin', 'PUT', '/staff/chart', { ...chart, subjects: [...chart.subjects, chart.subjects[0]] }))).toBe(
      'request.malformed',
    );
    expect(codeOf(await as('fin', 'PUT', '/staff/chart', chart))).toBe('ok');
  });
});
