import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Bytes of everything outside the subpackages: what must be there before the first page is. */
export function mainPackageBytes(folder: string): number {
  const { subPackages = [], subpackages = [] } = JSON.parse(readFileSync(path.join(folder, 'app.json'), 'utf8')) as {
    subPackages?: { root: string }[];
    subpackages?: { root: string }[];
  };
  const roots = [...subPackages, ...subpackages].map(({ root }) => path.normalize(root).replace(/[\\/]$/, '') + path.sep);
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const found = statSync(path.join(folder, name));
    if (found.isFile() && !roots.some((root) => name.startsWith(root))) bytes += found.size;
  }
  return bytes;
}
