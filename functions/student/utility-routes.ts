import { Hono } from 'hono';
import * as v from 'valibot';
import { utilityNameSchema } from '../../shared/api/common';
import { findUtilityQuery, payUtilityBody } from '../../shared/api/utilities';
import { AppError } from '../../shared/errors';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { amountBodyOf, queryOf, type RouteContext } from '../lib/route-kit';
import { findUtility, listUtilityPayments, payUtility, readUtilityPayment, type UtilityDeps } from '../operations/pay-utility';
import type { CallerReaders } from './route-kit';

/** Network and electricity: whose account it is, paying, and how a payment stands. */
export function utilityRoutes({ holderOf }: CallerReaders, deps: UtilityDeps): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
  app.get('/utilities/:utility/account', async (c) => {
    const caller = await holderOf(c);
    return c.json(await findUtility(deps, caller, utilityOf(c), queryOf(c, findUtilityQuery).account));
  });
  app.post('/utilities/:utility/payments', async (c) => {
    const caller = await holderOf(c);
    const body = amountBodyOf(c, payUtilityBody, 'payment.amount-invalid');
    return c.json(await payUtility(deps, caller, { ...body, utility: utilityOf(c) }));
  });
  app.get('/utilities/payments', async (c) => {
    const caller = await holderOf(c);
    return c.json(await listUtilityPayments(deps, caller));
  });
  app.get('/utilities/payments/:payOutNo', async (c) => c.json(await readUtilityPayment(deps, await holderOf(c), c.req.param('payOutNo'))));
  return app;
}

function utilityOf(c: RouteContext): v.InferOutput<typeof utilityNameSchema> {
  const utility = v.safeParse(utilityNameSchema, c.req.param('utility'));
  if (!utility.success) throw new AppError('request.not-found');
  return utility.output;
}
