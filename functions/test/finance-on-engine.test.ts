import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { fen } from '../../shared/money';
import { approveAdjustment, proposeAdjustment } from '../operations/adjust-books';
import { chargeCardFee } from '../operations/charge-card-fee';
import { closeDay } from '../operations/close-day';
import { closeDueDays } from '../operations/close-due-days';
import { lockDay } from '../operations/lock-day';
import { importArrivals, matchBankArrivals } from '../operations/match-arrivals';
import { listSuspense } from '../operations/open-suspense';
import { payMerchants, readPayoutFile } from '../operations/pay-merchants';
import { crossCheckHeads, verifyBooks } from '../operations/verify-books';
import { createDynamoDatabase } from '../store/dynamo-database';
import type { Database } from '../store/table';
import { startTestEngine, type TestEngine } from './engine';
import { FinanceWorld, SCHOOL } from './finance-world';
import { createModelDatabase } from './model-database';

const MONDAY = '2026-11-16';
const TUESDAY = '2026-11-17';
const WEDNESDAY = '2026-11-18';
let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.stop());

/** Two days with everything finance does; what it leaves behind, as the operations answer it. */
async function twoDays(database: Database) {
  const world = await new FinanceWorld(database).open();
  const { deps } = world;
  world.at(MONDAY, '08:00');
  world.till.pack.cardCharges ??= { feeFen: fen(1_000) };
  const students = [await world.account(), await world.account()] as const;
  await world.usualDay(MONDAY, students);
  const fee = await chargeCardFee(deps, { schoolId: SCHOOL, accountNo: students[0], issue: 1, what: 'fee' });
  const postings = [
    { leg: 'bank:main', amountFen: fen(-900) },
    { leg: 'suspense', amountFen: fen(900) },
  ];
  const wish = { schoolId: SCHOOL, adjustmentNo: 'adj-1', kind: 'suspense', day: MONDAY, postings, reason: '无主款' } as const;
  await proposeAdjustment(deps, wish, 'staff:1');
  const adjusted = await approveAdjustment(deps, { schoolId: SCHOOL, adjustmentNo: 'adj-1' }, 'staff:2');
  world.reconciled.add(MONDAY);
  world.at(TUESDAY, '10:10');
  const runs = await closeDueDays(deps, world.till.now + 60_000);
  const locked = await lockDay(deps, { schoolId: SCHOOL, day: MONDAY, by: 'staff:9' });
  const late = { ...wish, adjustmentNo: 'adj-2' };
  const refused = await proposeAdjustment(deps, late, 'staff:1').catch((error: { code: string }) => error.code);
  const paid = await payMerchants(deps, { schoolId: SCHOOL, day: MONDAY, by: 'staff:1' });
  const file = await readPayoutFile(deps, { schoolId: SCHOOL, day: MONDAY, batchNo: `${MONDAY}-1` });
  await importArrivals(deps, [{ schoolId: SCHOOL, bankRef: 'bank-0001', day: TUESDAY, channel: 'wechat-pay', amountFen: fen(9_940) }]);
  const expected = { channel: 'wechat-pay', day: MONDAY, grossFen: fen(10_000), refundsFen: fen(0), feeFen: fen(60) } as const;
  const arrivals = await matchBankArrivals(deps, SCHOOL, [expected]);
  await world.usualDay(TUESDAY, students);
  await world.chargeInto(MONDAY, students[0], 40);
  world.at(WEDNESDAY, '10:10');
  const { sheet } = await closeDay(deps, SCHOOL, TUESDAY);
  const settlements = [...(await deps.settlements.ofDay(SCHOOL, MONDAY)), ...(await deps.settlements.ofDay(SCHOOL, TUESDAY))];
  return {
    ...{ fee, adjusted, runs, locked, refused, paid, file, arrivals, sheet, settlements },
    suspense: await listSuspense(deps, SCHOOL),
    audit: await verifyBooks(deps, SCHOOL, TUESDAY),
    heads: await crossCheckHeads(deps, SCHOOL),
    runRows: await deps.runs.newest(SCHOOL, 5),
  };
}

it('finance leaves on the embedded DynamoDB exactly what it leaves on the model, and its audit is sound', async () => {
  const client = DynamoDBDocumentClient.from(engine.client);
  const found = await twoDays(createDynamoDatabase(client, engine.tables));
  expect(found).toEqual(await twoDays(createModelDatabase()));
  expect(found).toMatchObject({
    refused: 'day.locked',
    audit: { days: 2, sound: true, faults: [] },
    heads: { accounts: 2, equal: true },
    suspense: { openFen: 900 },
    sheet: { corrections: { [MONDAY]: { charge: { 'merchant:12': 40 } } } },
  });
  expect(found.arrivals.booked).toMatchObject([{ state: 'booked', days: [MONDAY] }]);
});
