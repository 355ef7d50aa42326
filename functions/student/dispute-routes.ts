import { Hono } from 'hono';
import { disputeBody } from '../../shared/api/disputes';
import { AppError } from '../../shared/errors';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { bodyOf } from '../lib/route-kit';
import type { DisputeDeps } from '../operations/dispute-sale';
import { disputeSale, listDisputes, readDispute } from '../operations/read-disputes';
import type { CallerReaders } from './route-kit';

/** 有疑问 on a receipt, and what became of it. */
export function disputeRoutes({ holderOf }: CallerReaders, deps: DisputeDeps): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
  app.post('/disputes', async (c) => {
    const caller = await holderOf(c);
    return c.json(await disputeSale(deps, caller, bodyOf(c, disputeBody)));
  });
  app.get('/disputes', async (c) => c.json(await listDisputes(deps, await holderOf(c))));
  app.get('/disputes/:n', async (c) => {
    const caller = await holderOf(c);
    const n = c.req.param('n');
    if (!/^[1-9]\d{0,9}$/.test(n)) throw new AppError('dispute.unknown');
    return c.json(await readDispute(deps, caller, Number(n)));
  });
  return app;
}
