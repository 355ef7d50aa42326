/** The look of the phone, which the app follows. */
export type Scheme = 'light' | 'dark';

export interface Brand {
  readonly color: string;
  readonly color2: string;
}

/** While no school is bound or chosen. */
export const NO_SCHOOL: Brand = { color: '#0b5d57', color2: '#12857a' };

/** --bg of theme/tokens.scss for a host's own bar, and the dark grounds that a brand is measured on; a test holds them together. */
export const GROUND: Readonly<Record<Scheme, string>> = { light: '#f4f5f3', dark: '#0f1413' };
/** --surface and --raised, likewise. */
export const SURFACE_DARK = '#1a2120';
export const RAISED_DARK = '#232b2a';
const WHITE = '#ffffff';

const channels = (color: string): readonly number[] => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));

/** Mixes two "#rrggbb" colours; `share` of the second, 0 to 1. Older web views lack CSS color-mix(). */
export function mix(first: string, second: string, share: number): string {
  const others = channels(second);
  const parts = channels(first).map((a, at) =>
    Math.round(a + ((others[at] ?? 0) - a) * share)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${parts.join('')}`;
}

/** Relative luminance of "#rrggbb", 0 to 1 (WCAG 2.2). */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of two "#rrggbb" colours, 1 to 21 (WCAG 2.2); text needs 4.5, drawings and edges 3. */
export function contrast(first: string, second: string): number {
  const [darker = 0, lighter = 0] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** The colour mixed with white in steps of a fiftieth: the last step, counted from the colour itself, that `holds`; or the colour. */
function lightest(color: string, holds: (mixed: string) => boolean): string {
  let last = color;
  for (let step = 1; step <= 50; step += 1) {
    const mixed = mix(color, WHITE, step / 50);
    if (!holds(mixed)) return last;
    last = mixed;
  }
  return last;
}

/** The first such step from which text stands out on every ground. */
function firstReadable(color: string, grounds: readonly string[]): string {
  for (let step = 0; step < 50; step += 1) {
    const mixed = mix(color, WHITE, step / 50);
    if (grounds.every((ground) => contrast(mixed, ground) >= 5)) return mixed;
  }
  return WHITE;
}

/** The deep ground of the code screen at night. */
const nightOf = (color: string): string => mix(color, GROUND.dark, 0.6);

/** What the code screen is painted with, bar included. */
export const brandGround = (brand: Brand, scheme: Scheme): string => (scheme === 'dark' ? nightOf(brand.color) : brand.color);

export type BrandVariables = Readonly<
  Record<
    | '--brand-deep'
    | '--brand-2'
    | '--brand-lift'
    | '--brand-glow'
    | '--brand-tint-light'
    | '--brand-tint-dark'
    | '--brand-soft-light'
    | '--brand-soft-dark'
    | '--brand-night',
    string
  >
>;

/** The colours a screen takes from its school, for both looks; theme/tokens.scss chooses between them. */
export function brandVariables(brand: Brand): BrandVariables {
  // Dark: a fill is lifted from the ground as far as white text on it allows; text and drawings are lightened until they read.
  const tintDark = mix(SURFACE_DARK, brand.color, 0.5);
  const glow = firstReadable(brand.color, [GROUND.dark, SURFACE_DARK, RAISED_DARK, tintDark]);
  return {
    '--brand-deep': brand.color,
    '--brand-2': brand.color2,
    '--brand-lift': lightest(brand.color, (mixed) => contrast(mixed, WHITE) >= 5),
    '--brand-glow': glow,
    '--brand-tint-light': mix(brand.color, WHITE, 0.91),
    '--brand-tint-dark': tintDark,
    // A bar that is not the chosen one is still a drawing to be seen.
    '--brand-soft-light': lightest(brand.color, (mixed) => contrast(mixed, WHITE) >= 3.1),
    '--brand-soft-dark': mix(SURFACE_DARK, glow, 0.62),
    '--brand-night': nightOf(brand.color),
  };
}
