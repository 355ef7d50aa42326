import { Hono } from 'hono';
import { refundBody, refundsQuery } from '../../shared/api/refunds';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { amountBodyOf, queryOf } from '../lib/route-kit';
import {
  askRefund,
  listRefunds,
  readCloseOut,
  readRefund,
  readRefundable,
  redirectStuckRefund,
  type StudentRefundDeps,
} from '../operations/read-refunds';
import type { CallerReaders } from './route-kit';

/** What could be refunded, asking for it, and how it stands. */
export function refundRoutes({ holderOf }: CallerReaders, deps: StudentRefundDeps): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
  app.get('/refundable', async (c) => c.json(await readRefundable(deps, await holderOf(c))));
  app.post('/refunds', async (c) => {
    const caller = await holderOf(c);
    return c.json(await askRefund(deps, caller, amountBodyOf(c, refundBody, 'payment.amount-invalid')));
  });
  app.get('/refunds', async (c) => {
    const caller = await holderOf(c);
    return c.json(await listRefunds(deps, caller, queryOf(c, refundsQuery)));
  });
  app.get('/refunds/:refundId', async (c) => c.json(await readRefund(deps, await holderOf(c), c.req.param('refundId'))));
  app.post('/refunds/:refundNo/redirect', async (c) => c.json(await redirectStuckRefund(deps, await holderOf(c), c.req.param('refundNo'))));
  app.get('/close-out', async (c) => c.json(await readCloseOut(deps, await holderOf(c))));
  return app;
}
