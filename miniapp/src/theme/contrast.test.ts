import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { brandVariables, contrast, GROUND, mix, NO_SCHOOL, RAISED_DARK, type Scheme, SURFACE_DARK } from '../lib/colors';

const root = path.resolve(__dirname, '..', '..', '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const filesIn = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => path.posix.join(folder, file));
const styleFiles = filesIn('miniapp/src')
  .filter((file) => file.endsWith('.scss'))
  .filter((file) => !file.endsWith('theme/tokens.scss'));

/** What tokens.scss says for a look: the first block, and over it what the dark look changes. */
function tokens(scheme: Scheme): Record<string, string> {
  const [light = '', dark = ''] = read('miniapp/src/theme/tokens.scss').split('@media (prefers-color-scheme: dark)');
  const named: Record<string, string> = {};
  for (const block of scheme === 'light' ? [light] : [light, dark])
    for (const [, name = '', value = ''] of block.matchAll(/^\s*(--[\w-]+): ([^;]+);/gm)) named[name] = value;
  return named;
}

const packs = filesIn('packs')
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({
    school: path.basename(file, '.json'),
    // The pack's own schema checks it (packs/packs.test.ts).
    brand: (JSON.parse(read(file)) as { brand: { color: string; color2: string } }).brand,
  }));
const looks = (['light', 'dark'] as const).flatMap((scheme) =>
  [...packs, { school: 'no school', brand: NO_SCHOOL }].map(({ school, brand }) => ({
    name: `${school}, ${scheme}`,
    palette: { ...tokens(scheme), ...brandVariables(brand) } as Record<string, string>,
  })),
);

/** The colour that a token ends in; what is half clear is laid on `under`. */
function colour(palette: Record<string, string>, token: string, under?: string): string {
  const value = palette[token];
  if (value === undefined) throw new Error(`no token ${token}`);
  const other = /^var\((--[\w-]+)\)$/.exec(value)?.[1];
  if (other !== undefined) return colour(palette, other, under);
  const [, r, g, b, share] = /^rgba\((\d+), (\d+), (\d+), ([\d.]+)\)$/.exec(value) ?? [];
  if (share === undefined) return value;
  if (under === undefined) throw new Error(`${token} is half clear and lies on nothing`);
  const solid = `#${[r, g, b].map((each) => Number(each).toString(16).padStart(2, '0')).join('')}`;
  return mix(under, solid, Number(share));
}

const GROUNDS = ['--bg', '--surface', '--raised'];
/** A ground of several layers is written from the lowest up. */
type Ground = string | readonly [string, string];
const BRAND_FILLS: readonly Ground[] = ['--brand', '--brand-deep', '--brand-2', '--brand-ground'];
const VEILED: readonly Ground[] = [
  ['--brand-deep', '--veil'],
  ['--brand-2', '--veil'],
  ['--brand-ground', '--veil'],
];

/** Every token that is used as `color`, and the grounds it is read on. */
const TEXT: Record<string, readonly Ground[]> = {
  '--ink': [...GROUNDS, '--key'],
  '--ink-2': GROUNDS,
  '--ink-3': GROUNDS,
  '--brand-ink': [...GROUNDS, '--brand-tint'],
  '--in': [...GROUNDS, '--in-bg'],
  '--warn': [...GROUNDS, '--warn-bg'],
  '--danger': [...GROUNDS, '--danger-bg'],
  '--on-fill': [...BRAND_FILLS, ...VEILED, '--in-fill', '--danger-fill', '--night'],
  '--on-fill-2': ['--brand-ground', ['--brand-ground', '--veil'], '--night'],
  '--brand-deep': ['--on-fill'],
  '--plate-ink': ['--plate'],
  '--plate-ink-2': ['--plate'],
};

/** Drawings and the edges of what can be pressed; text that is used as one is measured above. */
const DRAWINGS: Record<string, readonly Ground[]> = {
  '--edge': GROUNDS,
  '--brand-soft': ['--surface'],
  '--brand-ink': ['--surface', '--bg'],
  '--in-fill': ['--surface'],
};

function ratio(palette: Record<string, string>, token: string, ground: Ground): number {
  const layers: readonly string[] = typeof ground === 'string' ? [ground] : ground;
  const under = layers.reduce<string | undefined>((below, layer) => colour(palette, layer, below), undefined);
  return contrast(colour(palette, token, under), under ?? '');
}

function failures(palette: Record<string, string>, pairs: Record<string, readonly Ground[]>, least: number): string[] {
  return Object.entries(pairs).flatMap(([token, grounds]) =>
    grounds.flatMap((ground) => {
      const measured = ratio(palette, token, ground);
      return measured >= least ? [] : [`${token} on ${[ground].flat().join(' + ')}: ${measured.toFixed(2)}`];
    }),
  );
}

/** The declarations of each innermost block of a style sheet, comments left out. */
const blocks = (style: string): string[] => style.replaceAll(/\/\/.*$/gm, '').split(/[{}]/);
const tokenOf = (block: string, property: string): string | undefined =>
  new RegExp(`(?:^|[\\s;])${property}: var\\((--[\\w-]+)\\)`).exec(block)?.[1];

describe('the colours of the app', () => {
  it.each(looks)('can be read: text 4.5, drawings and edges 3 ($name)', ({ palette }) => {
    expect(failures(palette, TEXT, 4.5)).toEqual([]);
    expect(failures(palette, DRAWINGS, 3)).toEqual([]);
  });

  it('are all tokens: no other style sheet names one', () => {
    expect(styleFiles.length).toBeGreaterThan(40);
    expect(
      styleFiles.filter((file) => /#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(|: (white|black)\b/i.test(read(file).replaceAll(/url\([^)]*\)/g, ''))),
    ).toEqual([]);
  });

  it('are measured wherever a style sheet uses one as text, and together where it also names the ground', () => {
    const unknown = styleFiles.flatMap((file) =>
      blocks(read(file)).flatMap((block) => {
        const text = tokenOf(block, 'color');
        if (text === undefined) return [];
        const ground = tokenOf(block, 'background');
        const measured: readonly Ground[] = [...(TEXT[text] ?? []), ...(DRAWINGS[text] ?? [])];
        if (measured.length === 0) return [`${file}: ${text}`];
        return ground === undefined || measured.includes(ground) ? [] : [`${file}: ${text} on ${ground}`];
      }),
    );
    expect(unknown).toEqual([]);
  });

  it('are the same in the hosts own bars and where a brand is mixed', () => {
    const bars = JSON.parse(read('miniapp/src/theme.json')) as Record<Scheme, { ground: string }>;
    for (const scheme of ['light', 'dark'] as const) {
      expect(GROUND[scheme]).toBe(tokens(scheme)['--bg']);
      expect(bars[scheme].ground).toBe(GROUND[scheme]);
    }
    expect(SURFACE_DARK).toBe(tokens('dark')['--surface']);
    expect(RAISED_DARK).toBe(tokens('dark')['--raised']);
  });

  it('fails a grey that is too light, so that it can fail', () => {
    const palette = { ...tokens('light'), ...brandVariables(NO_SCHOOL), '--ink-3': '#98a3a1' };
    expect(failures(palette, TEXT, 4.5)).toEqual(expect.arrayContaining([expect.stringContaining('--ink-3 on --surface: 2.')]));
  });
});
