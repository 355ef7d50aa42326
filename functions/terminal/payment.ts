import { AppError } from '../../shared/errors';
import { createHttpHandler } from '../lib/handler';
import { paymentHandlerDeps, wirePayment } from '../wiring/payment';
import { renderSale } from './render-sale';

/** POST /terminal/charges: a charge or its retry. POST /terminal/charges/query: was it charged? */
export const handler = createHttpHandler(async () => {
  const wiring = await wirePayment();
  const routes = new Map([
    ['POST /terminal/charges', wiring.charge],
    ['POST /terminal/charges/query', wiring.query],
  ]);
  return async (request) => {
    const answer = routes.get(`${request.method} ${request.path}`);
    if (answer === undefined) throw new AppError('request.not-found');
    return renderSale(await answer(request), paymentHandlerDeps.clock());
  };
}, paymentHandlerDeps);
