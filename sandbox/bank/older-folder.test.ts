import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../start';

test('a data folder from before the banks gets their keys and memory, and keeps both from then on', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  const change = (file: string, edit: (value: Record<string, Record<string, unknown>>) => void) => {
    const path = join(dataFolder, file);
    const value = JSON.parse(readFileSync(path, 'utf8'));
    edit(value);
    writeFileSync(path, JSON.stringify(value));
  };
  const options = { port: 0, dataFolder };
  const first = await startSandbox(options);
  const { sellerId } = first.credentials.alipay;
  await first.stop();
  change('keys.json', ({ keys }) => {
    delete keys?.banks;
    delete keys?.utility;
  });
  change('world.json', (state) => {
    delete state.bank;
    delete state.utility;
  });
  const second = await startSandbox(options);
  const { banks, utility } = second.credentials;
  expect(second.credentials.alipay.sellerId).toBe(sellerId);
  expect(Object.keys(banks).sort()).toEqual(['dufl', 'shanghaitech', 'sjtu']);
  second.world.bank.arrive({ school: 'dufl', amountFen: 5, payer: 'x', reference: 'y', kind: 'other' });
  await second.stop();
  const third = await startSandbox(options);
  const keysOf = (settings: typeof banks) => Object.values(settings).map(({ privateKey, answerKeys }) => [privateKey, answerKeys]);
  expect(keysOf(third.credentials.banks)).toEqual(keysOf(banks));
  expect(third.credentials.utility.privateKey).toBe(utility.privateKey);
  expect(third.world.bank.balance('dufl')).toBe(100_000_005);
  await third.stop();
  rmSync(dataFolder, { recursive: true });
});
