import type { Page, Route } from 'playwright-core';

/** Between the page and the server: as it is, without an answer yet, a server that fails, none at all. */
export type Network = 'open' | 'held' | 'failed' | 'offline';

const SERVER = '**/api/student/**';

const ANSWERS: Readonly<Record<Exclude<Network, 'open' | 'held'>, (route: Route) => Promise<void>>> = {
  failed: (route) =>
    route.fulfill({ status: 500, json: { error: { code: 'internal', messageZh: '系统出错', messageEn: 'Internal error' } } }),
  offline: (route) => route.abort('internetdisconnected'),
};

/** From now on. What waited is answered as the new network would. */
export async function cutOff(page: Page, network: Network): Promise<void> {
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  const waited = held.get(page) ?? [];
  held.delete(page);
  if (network === 'held') {
    const routes: Route[] = [];
    held.set(page, routes);
    await page.route(SERVER, (route) => {
      routes.push(route);
    });
    return;
  }
  const answer = network === 'open' ? (route: Route) => route.continue() : ANSWERS[network];
  if (network !== 'open') await page.route(SERVER, answer);
  // The page that asked may be gone.
  for (const route of waited) await answer(route).catch(() => undefined);
}

/** Questions that have no answer yet. */
const held = new WeakMap<Page, Route[]>();
