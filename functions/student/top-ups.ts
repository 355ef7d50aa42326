import { type Context, Hono } from 'hono';
import { type OrderReply, type TopUpReply, topUpBody } from '../../shared/api/student';
import { AppError } from '../../shared/errors';
import { hasExponent, parseInput, readJson } from '../lib/http';
import type { HolderCaller } from '../operations/caller';
import type { Payer, TopUpWish } from '../operations/create-top-up';

export interface TopUpRoutesDeps {
  /** Throws AppError `auth.sign-in-required`, `auth.bind-required`. */
  readonly holderOf: (context: Context) => Promise<HolderCaller> | HolderCaller;
  readonly createTopUp: (payer: Payer, wish: TopUpWish) => Promise<TopUpReply>;
  readonly readOrder: (owner: { readonly schoolId: string; readonly accountNo: number }, orderNo: string) => Promise<OrderReply>;
}

/** POST /student/top-ups makes an order; GET /student/top-ups/{orderNo} tells how it stands. */
export function topUpRoutes(deps: TopUpRoutesDeps): Hono {
  const app = new Hono();
  app.post('/student/top-ups', async (context) => {
    const { identity, bound } = await deps.holderOf(context);
    const bytes = new Uint8Array(await context.req.arrayBuffer());
    const wish = parseInput(topUpBody, readJson(bytes));
    if (hasExponent(bytes)) throw new AppError('top-up.amount-invalid');
    const { schoolId, accountNo } = bound;
    return context.json(await deps.createTopUp({ schoolId, accountNo, ...identity }, wish));
  });
  app.get('/student/top-ups/:orderNo', async (context) => {
    const { bound } = await deps.holderOf(context);
    return context.json(await deps.readOrder(bound, context.req.param('orderNo')));
  });
  return app;
}
