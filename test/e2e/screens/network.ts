import type { Page, Route } from 'playwright-core';

/** Between the page and the server: as it is, without an answer yet, a server that fails, none at all. */
export type Network = 'open' | 'held' | 'failed' | 'offline';

interface Wire {
  network: Network;
  /** Questions that have no answer yet. */
  readonly held: Route[];
}

const SERVER = '**/api/student/**';
/** One for the whole life of a page: between two of them a question would slip through. */
const wires = new WeakMap<Page, Wire>();

/** From now on. What waited is answered as the new network would. */
export async function cutOff(page: Page, network: Network): Promise<void> {
  const wire = wires.get(page) ?? (await lay(page));
  wire.network = network;
  if (network === 'held') return;
  // The page that asked may be gone.
  for (const route of wire.held.splice(0)) await answer(route, network).catch(() => undefined);
}

async function lay(page: Page): Promise<Wire> {
  const wire: Wire = { network: 'open', held: [] };
  wires.set(page, wire);
  await page.route(SERVER, async (route) => {
    if (wire.network === 'held') wire.held.push(route);
    else await answer(route, wire.network).catch(() => undefined);
  });
  return wire;
}

function answer(route: Route, network: Exclude<Network, 'held'>): Promise<void> {
  if (network === 'open') return route.continue();
  if (network === 'offline') return route.abort('internetdisconnected');
  return route.fulfill({ status: 500, json: { error: { code: 'internal', messageZh: '系统出错', messageEn: 'Internal error' } } });
}
