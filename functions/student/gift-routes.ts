import { Hono } from 'hono';
import { createGiftBody, giftsQuery, payGiftBody } from '../../shared/api/gifts';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { amountBodyOf, queryOf } from '../lib/route-kit';
import { createGift, endGift, listGifts } from '../operations/gift-links';
import { payGift, showGift } from '../operations/pay-gift';
import type { VisitorDeps } from '../operations/visitor';
import type { GiftRoutesDeps } from '../wiring/gifts';
import type { CallerReaders } from './route-kit';
import { visitorReader } from './visitor-kit';

/** Gift links: the owner's, and what a guest sees and pays. */
export function giftRoutes({ holderOf }: CallerReaders, deps: GiftRoutesDeps & VisitorDeps): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
  const visitorOf = visitorReader(deps);
  app.post('/gifts', async (c) => {
    const caller = await holderOf(c);
    return c.json(await createGift(deps, caller, amountBodyOf(c, createGiftBody, 'top-up.amount-invalid')));
  });
  app.get('/gifts', async (c) => c.json(await listGifts(deps, await holderOf(c), queryOf(c, giftsQuery))));
  app.post('/gifts/:token/end', async (c) => c.json(await endGift(deps, await holderOf(c), c.req.param('token'))));
  app.get('/gifts/:token', async (c) => c.json(await showGift(deps, c.req.param('token'))));
  app.post('/gifts/:token/top-ups', async (c) => {
    const visitor = await visitorOf(c);
    return c.json(await payGift(deps, visitor, c.req.param('token'), amountBodyOf(c, payGiftBody, 'top-up.amount-invalid')));
  });
  return app;
}
