import { Hono } from 'hono';
import * as v from 'valibot';
import {
  cardChargeBody,
  closeAccountBody,
  findHolderQuery,
  grantSubsidiesBody,
  resolveCaseBody,
  saleRefundBody,
  staffRefundBody,
} from '../../shared/api/office';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { amountBodyOf, bodyOf, queryOf, type RouteContext } from '../lib/route-kit';
import { audited } from '../operations/audit';
import { chargeCardFee } from '../operations/charge-card-fee';
import { importSubsidies } from '../operations/import-subsidies';
import { mustBeAllowed, type StaffCaller } from '../operations/staff-caller';
import {
  closeAccountForOffice,
  findHolderForOffice,
  listCases,
  type OfficeAsk,
  refundForOffice,
  refundSaleForOffice,
  resolveCase,
} from '../operations/staff-office';
import type { OfficeRoutesDeps } from '../wiring/staff-office';
import { paramOf, type StaffCallerReader } from './staff-kit';

const numberSchema = v.pipe(v.string(), v.regex(/^[1-9]\d{0,8}$/), v.transform(Number));
/** Of the function's 25 s; the rest of a list waits for another call. */
const IMPORT_MS = 15_000;

/** The card office, and what finance does for one holder. */
export function officeRoutes(callerOf: StaffCallerReader, deps: OfficeRoutesDeps): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();

  app.get('/holders', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'account.read');
    return c.json(await findHolderForOffice(deps, caller.member.schoolId, queryOf(c, findHolderQuery).number));
  });
  app.post('/accounts/:accountNo/refunds', async (c) => {
    const caller = await callerOf(c);
    const body = amountBodyOf(c, staffRefundBody, 'payment.amount-invalid');
    const ask = askOf(c, caller);
    const what = { act: 'refund.start', subject: `account ${ask.accountNo}`, detail: `${body.requestId} ${body.reason}` } as const;
    return c.json(await audited(deps, caller, what, () => refundForOffice(deps, ask, body)));
  });
  app.post('/accounts/:accountNo/sales/:n/refund', async (c) => {
    const caller = await callerOf(c);
    const body = amountBodyOf(c, saleRefundBody, 'payment.amount-invalid');
    const ask = askOf(c, caller);
    const n = paramOf(c, 'n', numberSchema);
    const what = { act: 'sale.refund', subject: `sale ${ask.accountNo}/${n}`, detail: body.reason } as const;
    return c.json(await audited(deps, caller, what, () => refundSaleForOffice(deps, ask, { ...body, n })));
  });
  app.get('/cases', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'case.read');
    return c.json(await listCases(deps, caller.member.schoolId));
  });
  app.post('/cases/:accountNo/:n', async (c) => {
    const caller = await callerOf(c);
    const body = bodyOf(c, resolveCaseBody);
    const ask = askOf(c, caller);
    const n = paramOf(c, 'n', numberSchema);
    const what = { act: 'case.resolve', subject: `sale ${ask.accountNo}/${n}`, detail: `${body.decision} ${body.note}` } as const;
    return c.json(await audited(deps, caller, what, () => resolveCase(deps, ask, { ...body, n })));
  });
  app.post('/accounts/:accountNo/close', async (c) => {
    const caller = await callerOf(c);
    const { acknowledgedFen } = amountBodyOf(c, closeAccountBody, 'payment.amount-invalid');
    const ask = askOf(c, caller);
    const close = () => closeAccountForOffice(deps, ask, acknowledgedFen);
    return c.json(await audited(deps, caller, { act: 'account.close', subject: `account ${ask.accountNo}` }, close));
  });
  app.post('/accounts/:accountNo/card-charges', async (c) => {
    const caller = await callerOf(c);
    const body = bodyOf(c, cardChargeBody);
    const { schoolId, accountNo } = askOf(c, caller);
    const what = { act: 'card.charge', subject: `account ${accountNo}`, detail: `${body.what} ${body.issue}` } as const;
    const charge = await audited(deps, caller, what, () => chargeCardFee(deps, { schoolId, accountNo, ...body }));
    return c.json({ what: charge.what, amountFen: charge.amountFen, n: charge.n });
  });
  app.post('/subsidies', async (c) => {
    const caller = await callerOf(c);
    const { batchId, fileBase64 } = bodyOf(c, grantSubsidiesBody);
    const { schoolId } = caller.member;
    const wish = { schoolId, batchId, bytes: new Uint8Array(Buffer.from(fileBase64, 'base64')), until: deps.clock() + IMPORT_MS };
    const report = await audited(deps, caller, { act: 'subsidy.grant', subject: batchId }, () => importSubsidies(deps, wish));
    const { encoding: _encoding, lines, ...rest } = report;
    return c.json({ ...rest, lines: lines.map((line) => ({ ...line })) });
  });
  return app;
}

function askOf(c: RouteContext, { member }: StaffCaller): OfficeAsk {
  return { schoolId: member.schoolId, accountNo: paramOf(c, 'accountNo', numberSchema), by: member.userName };
}
