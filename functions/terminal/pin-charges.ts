import { createHttpHandler } from '../lib/handler';
import { pinChargesHandlerDeps, wirePinCharges } from '../wiring/terminal-pin-charges';
import { renderSale } from './render-sale';

/** POST /terminal/pin-charges: a charge above the password-free limit, with the password typed at the till. */
export const handler = createHttpHandler(async () => {
  const charge = await wirePinCharges();
  return async (request) => renderSale(await charge(request), pinChargesHandlerDeps.clock());
}, pinChargesHandlerDeps);
