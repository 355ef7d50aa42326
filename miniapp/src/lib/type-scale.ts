/** No setting makes text larger than this: beyond it a phone of 320 points cannot hold a line of a form. */
export const LARGEST_TYPE = 1.45;

/** How much text grows for a host's ratio to its standard. Never below 1: the smallest print is designed at 12 px. */
export function typeScale(ratio: number): number {
  if (!(ratio > 1)) return 1;
  return Math.min(LARGEST_TYPE, Math.round(ratio * 100) / 100);
}

export interface TypeVariables {
  readonly '--type': string;
  readonly '--type-l': string;
}

/** What config/type-scale.cjs multiplies sizes with: large type (from 20 px) is large already and grows less. */
export function typeVariables(scale: number): TypeVariables {
  return { '--type': String(scale), '--type-l': String(Math.round((1 + (scale - 1) * 0.4) * 100) / 100) };
}
