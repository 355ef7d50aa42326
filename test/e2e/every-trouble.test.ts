import { SCREENS } from '../stories/screens/list';
import { clipped } from './screens/checks';
import { saidOn, throughTrouble } from './screens/trouble';
import { type ScreensWorld, startScreensWorld } from './screens/world';

let world: ScreensWorld;

beforeAll(async () => {
  world = await startScreensWorld();
}, 180_000);
afterAll(() => world?.close());

const SAYS = { loading: /\w/, failed: /Internal error/, offline: /No network/ } as const;

// A computer that has ordered nothing has no records to ask for; `npm run screens` photographs theirs after an order.
const ASKING = SCREENS.filter(({ asks, id }) => asks && id !== 'computer-records');

describe.each(ASKING)('$id', (view) => {
  it('says that it waits, that the server fails and that there is no network, and gets over each', async () => {
    const holder = await world.holders.get(view.of);
    await holder.app.page.setViewportSize({ width: 320, height: 640 });
    await throughTrouble(world.stack, holder, { view, lang: 'en' }, async (trouble, page) => {
      expect(await saidOn(page)).toMatch(SAYS[trouble]);
      if (trouble !== 'loading') expect(await clipped(page)).toEqual([]);
    });
  }, 60_000);
});
