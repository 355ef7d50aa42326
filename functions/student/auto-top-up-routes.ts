import { Hono } from 'hono';
import { changeAutoTopUpBody, startAutoTopUpBody } from '../../shared/api/auto-top-up';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { amountBodyOf } from '../lib/route-kit';
import {
  type AutoTopUpDeps,
  changeAutoTopUp,
  confirmAutoTopUp,
  endAutoTopUp,
  readAutoTopUp,
  startAutoTopUp,
} from '../operations/auto-top-up';
import type { CallerReaders } from './route-kit';

/** Top-ups by standing contract: asking for it, its settings, its end. */
export function autoTopUpRoutes({ holderOf }: CallerReaders, deps: AutoTopUpDeps): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
  app.get('/auto-top-up', async (c) => c.json(await readAutoTopUp(deps, await holderOf(c))));
  app.post('/auto-top-up', async (c) => {
    const caller = await holderOf(c);
    return c.json(await startAutoTopUp(deps, caller, amountBodyOf(c, startAutoTopUpBody, 'top-up.amount-invalid')));
  });
  app.post('/auto-top-up/confirm', async (c) => c.json(await confirmAutoTopUp(deps, await holderOf(c))));
  app.put('/auto-top-up', async (c) => {
    const caller = await holderOf(c);
    return c.json(await changeAutoTopUp(deps, caller, amountBodyOf(c, changeAutoTopUpBody, 'top-up.amount-invalid')));
  });
  app.delete('/auto-top-up', async (c) => c.json(await endAutoTopUp(deps, await holderOf(c))));
  return app;
}
