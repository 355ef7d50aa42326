import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '..', '..');
const documents = ['README.md', 'README.zh-CN.md', 'CHANGELOG.md', ...markdownIn('docs'), ...markdownIn('docs/decisions')];

function markdownIn(folder: string): string[] {
  return readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
}

const FOLDERS = /^(functions|shared|miniapp|packs|sandbox|bench|docs|scripts|test)\//;

/** Paths that a document names in backticks, with `{a,b}` spelled out; globs and placeholders are left alone. */
function namedPaths(text: string): string[] {
  const named = [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1] ?? '').filter((name) => FOLDERS.test(name));
  return named.flatMap(spellOut).filter((name) => !/[*<…]/.test(name));
}

function spellOut(name: string): string[] {
  const braces = /^(.*)\{([^}]+)\}(.*)$/.exec(name);
  if (!braces) return [name];
  return (braces[2] ?? '').split(',').map((part) => `${braces[1]}${part}${braces[3]}`);
}

describe.each(documents)('%s', (document) => {
  const text = readFileSync(path.join(root, document), 'utf8');

  it('names only files that exist', () => {
    expect(namedPaths(text).filter((name) => !existsSync(path.join(root, name.replace(/:\d+$/, ''))))).toEqual([]);
  });

  it('links only to files that exist', () => {
    const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] ?? '').filter((link) => !/^[a-z]+:/.test(link));
    expect(links.filter((link) => !existsSync(path.join(root, path.dirname(document), link)))).toEqual([]);
  });
});

it('both readmes have the same sections, tables, commands and links', () => {
  const shape = (name: string) => {
    const text = readFileSync(path.join(root, name), 'utf8');
    return {
      sections: text.match(/^## /gm)?.length,
      rows: text.match(/^\|/gm)?.length,
      links: [...text.matchAll(/\]\((?!README)([^)]+)\)/g)].map((match) => match[1]).sort(),
    };
  };
  expect(shape('README.zh-CN.md')).toEqual(shape('README.md'));
});
