import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJsonFile, readJsonFile } from './json-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'json-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what changed before the call is in the file when written() resolves, and no part is left beside it', async () => {
  const path = join(folder, 'deep', 'value.json');
  const value = { n: 0 };
  const file = createJsonFile(path, () => value);
  for (value.n = 1; value.n < 50; value.n += 1) file.changed();
  await file.written();
  expect(readJsonFile(path)).toEqual({ n: 50 });
  expect(readdirSync(join(folder, 'deep'))).toEqual(['value.json']);
});

test('a reader at any moment finds a whole value', async () => {
  const path = join(folder, 'value.json');
  const value = { text: 'x'.repeat(200_000), n: 0 };
  const file = createJsonFile(path, () => value);
  file.changed();
  await file.written();
  for (let n = 1; n <= 20; n += 1) {
    value.n = n;
    file.changed();
    const writing = file.written();
    for (let tries = 0; tries < 5; tries += 1) {
      expect(JSON.parse(readFileSync(path, 'utf8')).text).toHaveLength(200_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writing;
  }
});

test('no file is undefined, a broken file is an error', () => {
  const path = join(folder, 'value.json');
  expect(readJsonFile(path)).toBeUndefined();
  writeFileSync(path, '{"half":');
  expect(() => readJsonFile(path)).toThrow();
});

test('a failed write is told to who waits, and the next change tries again', async () => {
  const path = join(folder, 'gone', 'value.json');
  const file = createJsonFile(path, () => ({ n: 1 }));
  rmSync(join(folder, 'gone'), { recursive: true });
  file.changed();
  await expect(file.written()).rejects.toMatchObject({ code: 'ENOENT' });
  writeFileSync(join(folder, 'gone'), ''); // still no folder
  file.changed();
  await expect(file.written()).rejects.toMatchObject({ code: 'ENOTDIR' });
});
