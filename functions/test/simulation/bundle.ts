import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = path.resolve(__dirname, '../../..');

/** A change of the source text of one file. Each `find` must occur exactly once, so that no patch goes stale in silence. */
export interface Patch {
  /** From the repository's root. */
  readonly file: string;
  readonly edits: readonly { readonly find: string; readonly put: string }[];
}

/** A simulation and the product under it as one program, with each patch in place of its file's own text. */
export async function bundleSimulation(
  outfile: string,
  patches: readonly Patch[] = [],
  entry = path.join(__dirname, 'main.ts'),
): Promise<void> {
  const plugins = patches.map(async (patch) => replaceFile(path.join(ROOT, patch.file), await patchedText(patch)));
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    target: 'node20',
    outfile,
    logLevel: 'silent',
    plugins: await Promise.all(plugins),
  });
}

/** Throws when an edit does not match exactly once: the source has moved on and the patch must follow it. */
export async function patchedText({ file, edits }: Patch): Promise<string> {
  let text = await readFile(path.join(ROOT, file), 'utf8');
  for (const { find, put } of edits) {
    const count = text.split(find).length - 1;
    if (count !== 1) throw new Error(`the patch of ${file} matches ${count} times: ${find}`);
    text = text.replace(find, () => put);
  }
  return text;
}

function replaceFile(file: string, contents: string): Plugin {
  return {
    name: 'planted-bug',
    setup(setup) {
      let used = false;
      setup.onLoad({ filter: /\.ts$/ }, (found) => {
        if (path.resolve(found.path) !== file) return undefined;
        used = true;
        return { contents, loader: 'ts' };
      });
      setup.onEnd(() => (used ? {} : { errors: [{ text: `${file} is not part of the simulation` }] }));
    },
  };
}
