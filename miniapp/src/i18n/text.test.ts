import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../api/failure';
import { en } from './en';
import { fill, textOf } from './text';
import { zh } from './zh';

const places = (sentence: string) => (sentence.match(/\{\w+\}/g) ?? []).sort();

function sources(folder: string): readonly { readonly name: string; readonly text: string }[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((each) => each.isFile() && /\.tsx?$/.test(each.name) && !/\.test\.ts$|^(zh|en)\.ts$/.test(each.name))
    .map((each) => ({ name: each.name, text: readFileSync(path.join(each.parentPath, each.name), 'utf8') }));
}

const keys = Object.keys(zh) as (keyof typeof zh)[];

describe('the words of the app', () => {
  it('has the same keys in both languages, and none empty', () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort());
    for (const key of keys) expect([zh[key].trim(), en[key].trim()]).not.toContain('');
  });

  it('puts the same values into both languages', () => {
    for (const key of keys) expect([key, places(en[key])]).toEqual([key, places(zh[key])]);
  });

  it('SJ-16: has no Chinese in the English table but the name of the language and examples to type', () => {
    const mixed = keys.filter((key) => /[一-鿿]/.test(en[key]));
    expect(mixed).toEqual(['schools.empty-hint', 'service.language']);
  });

  it('says each of its words somewhere', () => {
    const code = sources(path.resolve(__dirname, '..')).map(({ text }) => text);
    const literal = new Set(code.flatMap((text) => text.match(/'[a-z0-9-]+\.[a-z0-9.-]+'/g) ?? []).map((quoted) => quoted.slice(1, -1)));
    // `fault.${kind}` may say any word that begins so.
    const made = code
      .flatMap((text) => text.match(/`[a-z0-9.-]*(?:\$\{[^`]*?\}[a-z0-9.-]*)+`/g) ?? [])
      .map((template) => template.slice(1, -1).replace(/\$\{[^`]*?\}(?=[a-z0-9.-]|$)/g, '*'))
      .filter((pattern) => /^[a-z].*\./.test(pattern))
      .map((pattern) => new RegExp(`^${pattern.replace(/\./g, '\\.').replace(/\*/g, '[a-z0-9-]+')}$`));
    const unsaid = keys.filter((key) => !literal.has(key) && !made.some((pattern) => pattern.test(key)));
    expect(unsaid).toEqual([]);
  });

  it('says nothing in Chinese outside the table', () => {
    const strays = sources(path.resolve(__dirname, '..'))
      .filter(({ name }) => name.endsWith('.tsx'))
      .flatMap(({ name, text }) => {
        const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
        return (code.match(/['"`>][^'"`<]*[一-鿿][^'"`<]*['"`<]/g) ?? []).map((found) => `${name}: ${found}`);
      });
    // A language is named in itself.
    expect(strays).toEqual(["index.tsx: '中文'"]);
  });

  it('fills values and leaves a forgotten one visible', () => {
    expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}');
    expect(textOf('zh').t('code.wait', { seconds: 7 })).toContain('7');
  });

  it('words a failure in the chosen language, by the server where it spoke', () => {
    const refused = new Failure('refused', { code: 'card.lost', zh: '校园卡已挂失', en: 'The card has been reported lost.' });
    expect([textOf('zh').failureText(refused), textOf('en').failureText(refused)]).toEqual([
      '校园卡已挂失',
      'The card has been reported lost.',
    ]);
    expect(textOf('en').failureText(new Failure('offline'))).toBe(en['failure.offline']);
    expect(textOf('zh').failureText(new Failure('unreadable'))).toBe(zh['failure.unreadable']);
  });
});
