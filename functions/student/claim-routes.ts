import { Hono } from 'hono';
import { claimInAppBody, pageQuery } from '../../shared/api/money-flow';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { bodyOf, queryOf } from '../lib/route-kit';
import { claimInApp } from '../operations/claim-in-app';
import { listMyTransfers } from '../operations/list-transfers';
import { readSubsidies } from '../operations/read-subsidies';
import type { ClaimsDeps } from '../wiring/claims';
import type { CallerReaders } from './route-kit';

/** What waits and is claimed, how money flowed and what was granted. */
export function claimRoutes({ holderOf }: CallerReaders, deps: ClaimsDeps): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
  app.post('/claims', async (c) => {
    const caller = await holderOf(c);
    return c.json(await claimInApp(deps, caller, bodyOf(c, claimInAppBody)));
  });
  app.get('/transfers', async (c) => {
    const caller = await holderOf(c);
    return c.json(await listMyTransfers(deps, caller, queryOf(c, pageQuery).cursor));
  });
  app.get('/subsidies', async (c) => c.json(await readSubsidies(deps, await holderOf(c))));
  return app;
}
