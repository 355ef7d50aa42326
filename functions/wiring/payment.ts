import { AppError, terminalTexts } from '../../shared/errors';
import { systemClock } from '../lib/clock';
import type { HandlerDeps } from '../lib/handler';
import type { HttpRequest } from '../lib/http';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { authorizePayment, type SaleAnswer } from '../operations/authorize-payment';
import { querySale } from '../operations/query-sale';
import { createSaleParts } from './sale-parts';

export const paymentHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: terminalTexts };

export interface PaymentWiring {
  charge(request: HttpRequest): Promise<SaleAnswer>;
  query(request: HttpRequest): Promise<SaleAnswer>;
}

export async function wirePayment(): Promise<PaymentWiring> {
  const { deps, readSale } = await createSaleParts();
  return {
    async charge(request) {
      const sale = await readSale('charge', request);
      // A password is compared by another function: this one can read none.
      if (sale.body.pin !== undefined) throw new AppError('request.malformed');
      const answer = await authorizePayment(deps, sale);
      // A rate of wrong MACs above typing mistakes means that somebody guesses.
      if (answer.outcome === 'not-charged' && answer.code === 'code.invalid') paymentHandlerDeps.counter.count('WrongCodeMac');
      return answer;
    },
    query: async (request) => querySale(deps, await readSale('query', request)),
  };
}
