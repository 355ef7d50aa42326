import path from 'node:path';
import { type Stack, startStack } from '../../sandbox/local/stack';
import { appears, fill, press, until } from '../stories/app';
import { type PackageApp, packageApp } from '../stories/package-app';
import { type Holder, Holders } from '../stories/screens/holders';
import { addressOf, filled, SCREENS, type ScreenView } from '../stories/screens/list';
import { CARDHOLDERS } from '../stories/student';
import { root } from '../support/project';
import { pathTo, type TreeNode } from './host/node-tree';
import { compileTemplates } from './host/templates';
import { type Kind, killed } from './phones';

/**
 * Every page on the built packages, opened as a message or a shared link opens it: first without network, where it asks for anything, and then
 * with. The browser build's pages are read in test/e2e.
 */
// The components' page is of the browser build alone.
const VIEWS = SCREENS.filter(({ id }) => id !== 'gallery');

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 });
}, 120_000);
afterAll(() => stack?.stop());

describe.each<[Kind, number]>([
  ['weapp', 0],
  ['alipay', 20],
])('%s', (kind, firstStudent) => {
  let holders: Holders<PackageApp>;
  /** Whose phone each holder's first app is on. */
  let people: Map<PackageApp, string>;
  /** What each holder's phone kept when its app was closed last. */
  let kept: Map<Holder<PackageApp>, ReadonlyMap<string, unknown>>;

  const phone = (person: string, more: Partial<Parameters<typeof packageApp>[0]> = {}): PackageApp => {
    const templates = compileTemplates(kind, path.join(root, 'miniapp', 'dist', kind));
    return packageApp({ kind, stack, person, templates, ...more });
  };

  beforeAll(() => {
    people = new Map();
    kept = new Map();
    holders = new Holders({
      stack,
      firstStudent,
      mini: kind === 'weapp' ? 'wechat' : 'alipay',
      open: async ({ person, undecided }) => {
        const app = phone(person, { undecided });
        people.set(app, person);
        return app;
      },
    });
  });
  afterAll(() => holders.close());

  /** The holder's phone after the app was killed, in English and without network. */
  function again(holder: Holder<PackageApp>, view: ScreenView): PackageApp {
    const storage = new Map(kept.get(holder) ?? holder.app.host.storage);
    storage.set('ecode:lang', JSON.stringify('en'));
    if (view.forgets) for (const name of ['account', 'pack']) storage.delete(`ecode:${name}`);
    const app = phone(people.get(holder.app) ?? '', { storage });
    app.cutNetwork(view.asks);
    return app;
  }

  test.each(VIEWS.map((view) => [view.id, view] as const))('%s', async (_id, view) => {
    const holder = await holders.get(view.of);
    const app = again(holder, view);
    try {
      await seen(app, view, holder.facts);
    } finally {
      kept.set(holder, await killed(app));
    }
  });
});

async function seen(app: PackageApp, view: ScreenView, facts: Holder['facts']): Promise<void> {
  app.host.start(addressOf(view, facts));
  if (view.asks) {
    const retry = await until(app, 'the way to ask again', async () => idIn(app, /retry$/));
    expect(app.host.text()).toMatch(/No network/);
    app.cutNetwork(false);
    await press(app, retry);
  }
  for (const step of view.steps ?? []) {
    const [id = '', text] = filled(step, facts).split('=');
    await (text === undefined ? press(app, id) : fill(app, id, text));
  }
  const shows = filled(view.showsInMini ?? view.shows, facts);
  if (shows.startsWith('.')) await until(app, shows, async () => hasClass(app, shows.slice(1)));
  else await appears(app, shows);
  expect([app.host.route, app.errors()]).toEqual([view.page, []]);
  expect(app.host.text()).not.toMatch(/undefined|NaN|\[object |\{\w+\}/);
}

/** The first id on the screen that is such a one, from the top. */
function idIn(app: PackageApp, wanted: RegExp): string | undefined {
  return pathTo(app.host.root, ({ uid = '' }) => wanted.test(uid))?.at(-1)?.uid;
}

function hasClass(app: PackageApp, name: string): boolean {
  return pathTo(app.host.root, ({ cl = '' }: TreeNode) => cl.split(' ').includes(name)) !== undefined;
}
