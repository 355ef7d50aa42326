/** Mixes two "#rrggbb" colours; `share` of the second, 0 to 1. Older web views lack CSS color-mix(). */
export function mix(first: string, second: string, share: number): string {
  const parts = [1, 3, 5].map((at) => {
    const a = Number.parseInt(first.slice(at, at + 2), 16);
    const b = Number.parseInt(second.slice(at, at + 2), 16);
    return Math.round(a + (b - a) * share)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${parts.join('')}`;
}

export interface BrandVariables {
  readonly '--brand': string;
  readonly '--brand-2': string;
  readonly '--brand-tint': string;
  readonly '--brand-soft': string;
}

/** The colours a screen takes from its school. */
export function brandVariables(brand: { readonly color: string; readonly color2: string }): BrandVariables {
  return {
    '--brand': brand.color,
    '--brand-2': brand.color2,
    '--brand-tint': mix(brand.color, '#ffffff', 0.91),
    '--brand-soft': mix(brand.color, '#ffffff', 0.72),
  };
}
