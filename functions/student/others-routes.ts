import { Hono } from 'hono';
import { checkPayeeBody, ordersQuery, topUpForOtherBody } from '../../shared/api/others';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { amountBodyOf, bodyOf, queryOf } from '../lib/route-kit';
import { listPaidForOthers, listTopUps, readPaidForOther } from '../operations/list-orders';
import { checkPayee, payForOther } from '../operations/pay-for-other';
import { startPage } from '../operations/visitor';
import type { OthersDeps } from '../wiring/others';
import type { CallerReaders } from './route-kit';
import { visitorReader } from './visitor-kit';

/** Top-ups for somebody else by name and number, and both sides' history of top-ups. */
export function othersRoutes({ holderOf }: CallerReaders, deps: OthersDeps): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
  const visitorOf = visitorReader(deps);
  app.post('/page-sessions', (c) => c.json(startPage(deps)));
  app.get('/top-ups', async (c) => c.json(await listTopUps(deps, await holderOf(c), queryOf(c, ordersQuery))));
  app.post('/top-ups-for-others/check', async (c) => c.json(await checkPayee(deps, await visitorOf(c), bodyOf(c, checkPayeeBody))));
  app.post('/top-ups-for-others', async (c) => {
    const visitor = await visitorOf(c);
    return c.json(await payForOther(deps, visitor, amountBodyOf(c, topUpForOtherBody, 'top-up.amount-invalid')));
  });
  app.get('/top-ups-for-others', async (c) => c.json(await listPaidForOthers(deps, await visitorOf(c), queryOf(c, ordersQuery))));
  app.get('/top-ups-for-others/:orderNo', async (c) => {
    return c.json(await readPaidForOther(deps, await visitorOf(c), c.req.param('orderNo')));
  });
  return app;
}
