import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export interface PackageBytes {
  /** Everything outside the subpackages: what must be there before the first page is. */
  readonly main: number;
  /** By the subpackage's folder. */
  readonly parts: Readonly<Record<string, number>>;
}

/** Bytes of a built mini-program, as its platform counts them. */
export function packageBytes(folder: string): PackageBytes {
  const { subPackages = [], subpackages = [] } = JSON.parse(readFileSync(path.join(folder, 'app.json'), 'utf8')) as {
    subPackages?: { root: string }[];
    subpackages?: { root: string }[];
  };
  const roots = [...subPackages, ...subpackages].map(({ root }) => path.normalize(root).replace(/[\\/]$/, ''));
  const parts: Record<string, number> = Object.fromEntries(roots.map((root) => [root, 0]));
  let main = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const found = statSync(path.join(folder, name));
    if (!found.isFile()) continue;
    const root = roots.find((each) => name.startsWith(each + path.sep));
    if (root === undefined) main += found.size;
    else parts[root] = (parts[root] ?? 0) + found.size;
  }
  return { main, parts };
}
