import { Hono } from 'hono';
import * as v from 'valibot';
import {
  collectCashBody,
  formatQuery,
  importArrivalsBody,
  listReconciliationsQuery,
  proposeAdjustmentBody,
  reconciledChannelSchema,
} from '../../shared/api/finance';
import { receivablesQuery } from '../../shared/api/receivables';
import { toIso } from '../../shared/time';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { readJson } from '../lib/http';
import { amountBodyOf, queryOf } from '../lib/route-kit';
import { sendFile } from '../lib/send-file';
import { approveAdjustment, proposeAdjustment, rejectAdjustment } from '../operations/adjust-books';
import { audited } from '../operations/audit';
import { clearReceivable } from '../operations/clear-receivable';
import { collectCash } from '../operations/collect-cash';
import { exportBalanceSheet, exportSettlements, exportStatement, exportVouchers, readChart } from '../operations/export-finance';
import { adjustmentView } from '../operations/finance-views';
import { listReceivables } from '../operations/list-receivables';
import { lockDay } from '../operations/lock-day';
import { listSuspense } from '../operations/open-suspense';
import { giveUpPasses } from '../operations/pass-keys';
import { payMerchants, readPayoutFile } from '../operations/pay-merchants';
import { listReconciliations, listSettlements, readReconciliation, readSheet, setChart } from '../operations/read-finance';
import { settleArrivals } from '../operations/settle-arrivals';
import { mustBeAllowed, mustSeeMerchant } from '../operations/staff-caller';
import { verifyBooks } from '../operations/verify-books';
import type { FinanceDeps } from '../wiring/staff-finance';
import { dayOf, paramOf, type StaffCallerReader } from './staff-kit';

const merchantSchema = v.pipe(v.string(), v.regex(/^[1-9]\d{0,4}$/), v.transform(Number));
const accountNoSchema = v.pipe(v.string(), v.regex(/^[1-9]\d{0,8}$/), v.transform(Number));
const numberSchema = v.pipe(v.string(), v.regex(/^[0-9A-Za-z-]{4,40}$/));

/** Finance: what was reconciled, settled, paid and booked. Reading needs a role; what changes something is recorded too. */
export function financeRoutes(callerOf: StaffCallerReader, deps: FinanceDeps): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();

  app.get('/reconciliations', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'reconciliation.read');
    return c.json(await listReconciliations(deps, caller.member.schoolId, queryOf(c, listReconciliationsQuery).channel));
  });
  app.get('/reconciliations/:channel/:day', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'reconciliation.read');
    return c.json(await readReconciliation(deps, caller.member.schoolId, paramOf(c, 'channel', reconciledChannelSchema), dayOf(c)));
  });

  app.get('/settlements/:day', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'settlement.read');
    const { roles, merchants, schoolId } = caller.member;
    const isOwnOnly = !roles.some((role) => role === 'finance' || role === 'auditor');
    return c.json(await listSettlements(deps, schoolId, dayOf(c), isOwnOnly ? merchants : undefined));
  });
  app.get('/settlements/:day/file', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'voucher.export');
    const { schoolId } = caller.member;
    return sendFile(c, await exportSettlements(deps, { schoolId, day: dayOf(c), format: queryOf(c, formatQuery).format }));
  });
  app.get('/statements/:merchant/:day', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'settlement.read');
    const merchant = paramOf(c, 'merchant', merchantSchema);
    mustSeeMerchant(caller, merchant);
    return sendFile(c, await exportStatement(deps, { schoolId: caller.member.schoolId, day: dayOf(c), merchant }));
  });

  app.post('/payouts/:day', async (c) => {
    const caller = await callerOf(c);
    const day = dayOf(c);
    const { schoolId, userName } = caller.member;
    const report = await audited(deps, caller, { act: 'settlement.pay', subject: day }, () =>
      payMerchants(deps, { schoolId, day, by: userName }),
    );
    return c.json({ ...report, batches: report.batches.map((batch) => ({ ...batch, madeAt: toIso(batch.madeAt) })) });
  });
  app.get('/payouts/:day/:batchNo/file', async (c) => {
    const caller = await callerOf(c);
    const batchNo = paramOf(c, 'batchNo', numberSchema);
    const wish = { schoolId: caller.member.schoolId, day: dayOf(c), batchNo };
    // Whole account numbers leave the house: who took the file is recorded.
    const text = await audited(deps, caller, { act: 'settlement.pay', subject: batchNo, detail: 'file' }, () => readPayoutFile(deps, wish));
    return sendFile(c, { name: `${batchNo}.csv`, contentType: 'text/csv; charset=utf-8', bytes: new TextEncoder().encode(text) });
  });

  app.get('/sheets/:day', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'sheet.read');
    return c.json(await readSheet(deps, caller.member.schoolId, dayOf(c)));
  });
  app.get('/sheets/:day/file', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'sheet.read');
    const { schoolId } = caller.member;
    return sendFile(c, await exportBalanceSheet(deps, { schoolId, day: dayOf(c), format: queryOf(c, formatQuery).format }));
  });
  app.get('/sheets/:day/verify', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'sheet.read');
    return c.json(await verifyBooks(deps, caller.member.schoolId, dayOf(c)));
  });
  app.post('/days/:day/lock', async (c) => {
    const caller = await callerOf(c);
    const day = dayOf(c);
    const { schoolId, userName } = caller.member;
    const lock = await audited(deps, caller, { act: 'day.lock', subject: day }, () => lockDay(deps, { schoolId, day, by: userName }));
    return c.json({ day, lockedBy: lock.lockedBy, lockedAt: toIso(lock.lockedAt), sheetHash: lock.sheetHash });
  });

  app.get('/vouchers/:day/file', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'voucher.export');
    const { schoolId } = caller.member;
    return sendFile(c, await exportVouchers(deps, { schoolId, day: dayOf(c), format: queryOf(c, formatQuery).format }));
  });
  app.get('/chart', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'voucher.export');
    return c.json(await readChart(deps, caller.member.schoolId));
  });
  app.put('/chart', async (c) => {
    const caller = await callerOf(c);
    const chart = readJson(c.env.request.rawBody);
    return c.json(await audited(deps, caller, { act: 'chart.set', subject: 'chart' }, () => setChart(deps, caller.member.schoolId, chart)));
  });

  app.get('/adjustments', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'adjustment.read');
    const { adjustments } = await deps.adjustments.list(caller.member.schoolId, { limit: 100 });
    return c.json({ adjustments: adjustments.map(adjustmentView) });
  });
  app.post('/adjustments', async (c) => {
    const caller = await callerOf(c);
    const { accountNo, clears, ...body } = amountBodyOf(c, proposeAdjustmentBody, 'request.malformed');
    const { schoolId, userName } = caller.member;
    const wish = { schoolId, ...body, ...(accountNo === undefined ? {} : { accountNo }), ...(clears === undefined ? {} : { clears }) };
    const what = { act: 'adjustment.propose', subject: body.adjustmentNo, detail: body.reason } as const;
    return c.json(adjustmentView(await audited(deps, caller, what, () => proposeAdjustment(deps, wish, userName))));
  });
  app.post('/adjustments/:adjustmentNo/approve', async (c) => {
    const caller = await callerOf(c);
    const adjustmentNo = paramOf(c, 'adjustmentNo', numberSchema);
    const { schoolId, userName } = caller.member;
    const approve = () => approveAdjustment(deps, { schoolId, adjustmentNo }, userName);
    return c.json(adjustmentView(await audited(deps, caller, { act: 'adjustment.approve', subject: adjustmentNo }, approve)));
  });
  app.post('/adjustments/:adjustmentNo/reject', async (c) => {
    const caller = await callerOf(c);
    const adjustmentNo = paramOf(c, 'adjustmentNo', numberSchema);
    const { schoolId, userName } = caller.member;
    const reject = () => rejectAdjustment(deps, { schoolId, adjustmentNo }, userName);
    return c.json(
      adjustmentView(await audited(deps, caller, { act: 'adjustment.approve', subject: adjustmentNo, detail: 'reject' }, reject)),
    );
  });
  app.get('/suspense', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'adjustment.read');
    const { items, openFen } = await listSuspense(deps, caller.member.schoolId);
    return c.json({
      items: items.map(({ itemNo, day, amountFen, openFen: open, reason }) => ({ itemNo, day, amountFen, openFen: open, reason })),
      openFen,
    });
  });

  app.get('/receivables', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'adjustment.read');
    return c.json(await listReceivables(deps, caller.member.schoolId, queryOf(c, receivablesQuery).cursor));
  });
  app.post('/receivables/:accountNo/clear', async (c) => {
    const caller = await callerOf(c);
    const accountNo = paramOf(c, 'accountNo', accountNoSchema);
    const account = { schoolId: caller.member.schoolId, accountNo };
    const what = { act: 'receivable.clear', subject: `account ${accountNo}` } as const;
    return c.json(await audited(deps, caller, what, () => clearReceivable(deps, account)));
  });
  app.post('/passes/give-up', async (c) => {
    const caller = await callerOf(c);
    const { schoolId } = caller.member;
    const { keyId, epoch } = await audited(deps, caller, { act: 'passes.give-up', subject: 'passes' }, () => giveUpPasses(deps, schoolId));
    return c.json({ keyId, epoch });
  });

  app.post('/arrivals', async (c) => {
    const caller = await callerOf(c);
    const { arrivals } = amountBodyOf(c, importArrivalsBody, 'request.malformed');
    const { schoolId } = caller.member;
    const what = { act: 'arrival.import', subject: arrivals[0]?.day ?? '', detail: `${arrivals.length} lines` } as const;
    return c.json(await audited(deps, caller, what, () => settleArrivals(deps, schoolId, arrivals)));
  });
  app.post('/cash-collections', async (c) => {
    const caller = await callerOf(c);
    const body = amountBodyOf(c, collectCashBody, 'request.malformed');
    const { schoolId, userName } = caller.member;
    const what = { act: 'cash.collect', subject: body.collectionNo, detail: `terminal ${body.terminal}` } as const;
    return c.json(await audited(deps, caller, what, () => collectCash(deps, { schoolId, ...body, countedBy: userName })));
  });
  return app;
}
