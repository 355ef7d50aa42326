import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newTerminalKey } from '../terminals/signed-request';
import { BENCH_MACHINES, BENCH_TERMINAL } from './bench-machines';
import { loadSecrets, terminalKeyOf } from './secrets';

const SCHOOLS = ['sjtu', 'bistu'];

async function withFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  try {
    await act(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('every machine of every school has a key of its own, the same at every start', async () => {
  await withFolder(async (folder) => {
    const first = await loadSecrets(folder, SCHOOLS);
    const keys = SCHOOLS.flatMap((school) => BENCH_MACHINES.map(({ terminal }) => terminalKeyOf(first, school, terminal).publicKey));
    expect(new Set(keys).size).toBe(SCHOOLS.length * BENCH_MACHINES.length);
    expect(await loadSecrets(folder, SCHOOLS)).toEqual(first);
    expect(() => terminalKeyOf(first, 'sjtu', 999)).toThrow('no machine 999 at sjtu');
  });
});

test('a folder from before more machines stood on the bench keeps the key of its till', async () => {
  await withFolder(async (folder) => {
    const old = newTerminalKey();
    const file = join(folder, 'secrets.json');
    const { terminalKeys: _keys, ...kept } = await loadSecrets(folder, []);
    writeFileSync(file, JSON.stringify({ ...kept, terminalKeysPem: { sjtu: old.privateKeyPem } }));
    const found = await loadSecrets(folder, SCHOOLS);
    expect(terminalKeyOf(found, 'sjtu', BENCH_TERMINAL).publicKey).toBe(old.publicKey);
    expect(terminalKeyOf(found, 'sjtu', 8).publicKey).not.toBe(old.publicKey);
    expect(found.masterKey).toBe(kept.masterKey);
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')).terminalKeysPem)).toHaveLength(SCHOOLS.length * BENCH_MACHINES.length);
    expect(await loadSecrets(folder, SCHOOLS)).toEqual(found);
  });
});
