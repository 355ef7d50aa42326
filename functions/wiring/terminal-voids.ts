import { errorTable } from '../../shared/errors';
import { systemClock } from '../lib/clock';
import type { HandlerDeps } from '../lib/handler';
import type { HttpRequest } from '../lib/http';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import type { SaleAnswer } from '../operations/authorize-payment';
import { voidSale } from '../operations/void-sale';
import { createReversals } from '../store/reversals';
import { createSaleParts } from './sale-parts';

export const voidsHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

/** Apart from the payment function, because a void writes to `records` too and that function may not. */
export async function wireTerminalVoids(): Promise<(request: HttpRequest) => Promise<SaleAnswer>> {
  const { database, deps, readSale } = await createSaleParts();
  const reversals = createReversals(database);
  return async (request) => voidSale({ ...deps, reversals }, await readSale('void', request));
}
