import path from 'node:path';
import { type Stack, startStack } from '../../sandbox/local/stack';
import { appears, press, says, until } from '../stories/app';
import { type PackageApp, packageApp } from '../stories/package-app';
import { bind, changeInitialPassword, readShownCode } from '../stories/steps';
import { CARDHOLDERS, studentOf } from '../stories/student';
import { root } from '../support/project';
import { readCode128, readQr, turned } from './host/decode';
import { compileTemplates } from './host/templates';

/** What the code screen of a built package may cost a cheap phone in a queue. */
const MOST_NODES = 120;
const MOST_BYTES_A_REFRESH = 1024;
const REFRESH_MS = 30_000;

let stack: Stack;
const apps: PackageApp[] = [];

beforeAll(async () => {
  stack = await startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 });
}, 120_000);
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});
afterAll(() => stack?.stop());

type Kind = 'weapp' | 'alipay';

function phone(kind: Kind, person: string, more: Pick<Parameters<typeof packageApp>[0], 'storage' | 'now'> = {}): PackageApp {
  const templates = compileTemplates(kind, path.join(root, 'miniapp', 'dist', kind));
  const app = packageApp({ kind, stack, person, templates, ...more });
  apps.push(app);
  return app;
}

async function enlarges(app: PackageApp, shown: string): Promise<void> {
  await press(app, 'code-enlarge-barcode');
  const bars = await until(app, 'upright bars', async () => app.host.bitmap('code-large-bars'));
  expect(readCode128(turned(bars))).toBe(shown);
  await press(app, 'code-large');
  await press(app, 'code-enlarge-qr');
  expect(readQr(await until(app, 'a large QR', async () => app.host.bitmap('code-large-qr')))).toBe(shown);
  await press(app, 'code-large');
  await until(app, 'the sheet again', async () => !(await app.has('code-large')));
}

/** Others look on at a counter. */
async function hidesBalances(app: PackageApp): Promise<void> {
  await says(app, 'code-source-card', /••••/);
  await press(app, 'code-peek');
  await says(app, 'code-source-card', /0\.00/);
  await press(app, 'code-peek');
  await says(app, 'code-source-card', /••••/);
  expect(await app.textOf('code-source-card')).not.toMatch(/0\.00/);
}

/** The screen answers late where the canvas is, when its code has given way to another one. */
async function leavesNoOlderCode(app: PackageApp, waitForNextCode: () => void): Promise<void> {
  const queries = app.host.holdQueries();
  app.host.start('/pages/code/index?tab=pay');
  await until(app, 'both symbols to look for their canvas', async () => queries.held() >= 2);
  await press(app, 'code-by-pass');
  queries.answerAgain();
  await press(app, 'code-by-pass');
  const before = await readShownCode(app);
  waitForNextCode();
  const shown = await until(app, 'the next code', async () => {
    const digits = await readShownCode(app);
    return digits !== before && digits;
  });
  queries.release();
  expect(await readShownCode(app)).toBe(shown);
}

describe.each<[Kind, number]>([
  ['weapp', 2],
  ['alipay', 3],
])('the code screen of the built %s package', (kind, nth) => {
  it('shows its first code without asking anybody, within 120 elements, and each later one with one message of at most 1 KB', async () => {
    const { id: person } = stack.sandbox.world.addPerson(`codes in ${kind}`);
    const student = studentOf(stack, 'bistu', nth);
    const before = phone(kind, person);
    await before.open();
    await press(before, 'school-bistu');
    await bind(before, student);
    await changeInitialPassword(before, student);
    await press(before, 'home-pay');
    const shown = await readShownCode(before);
    await enlarges(before, shown);
    await hidesBalances(before);
    const storage = new Map(before.host.storage);
    await before.close();

    // Started anew, with what the phone kept and no network at all.
    let ahead = 0;
    const app = phone(kind, person, { storage, now: () => Date.now() + ahead });
    app.cutNetwork(true);
    app.host.start('/pages/code/index?tab=pay');
    const first = await readShownCode(app);
    expect(first).toMatch(/^91\d{22}$/);
    await appears(app, 'code-offline');
    expect(app.host.nodeCount()).toBeLessThanOrEqual(MOST_NODES);

    const updatesBefore = app.host.updates.length;
    await until(app, 'a second to pass', async () => app.host.updates.length > updatesBefore);
    for (let refresh = 0; refresh < 3; refresh++) {
      const shown = await readShownCode(app);
      const from = app.host.updates.length;
      ahead += REFRESH_MS;
      await until(app, 'the next code', async () => (await readShownCode(app)) !== shown);
      const next = (await app.textOf('code-digits')).trim();
      const updates = app.host.updates.slice(from);
      // Beside it only seconds that passed.
      expect(updates.filter(({ json }) => json.includes(next))).toHaveLength(1);
      for (const { bytes } of updates) expect(bytes).toBeLessThanOrEqual(MOST_BYTES_A_REFRESH);
    }
    expect(app.host.nodeCount()).toBeLessThanOrEqual(MOST_NODES);
    expect(app.errors()).toEqual([]);
    await app.close();

    const late = phone(kind, person, { storage, now: () => Date.now() + ahead });
    late.cutNetwork(true);
    await leavesNoOlderCode(late, () => {
      ahead += REFRESH_MS;
    });
  });
});
