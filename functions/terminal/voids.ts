import { createHttpHandler } from '../lib/handler';
import { voidsHandlerDeps, wireTerminalVoids } from '../wiring/terminal-voids';
import { renderSale } from './render-sale';

/** POST /terminal/voids: takes a sale back, at most once. */
export const handler = createHttpHandler(async () => {
  const voidSale = await wireTerminalVoids();
  return async (request) => renderSale(await voidSale(request), voidsHandlerDeps.clock());
}, voidsHandlerDeps);
