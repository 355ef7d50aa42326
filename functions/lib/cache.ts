import type { Clock } from './clock';

export interface CacheOptions {
  readonly clock: Clock;
  readonly maxAgeMs: number;
  readonly maxEntries: number;
}

/**
 * Remembers what `load` found, for a while. Nothing found is not remembered, since it may be there a moment later; a
 * failed load is not either. Callers at one moment share one load.
 */
export function cached<K extends string | number, V>(
  load: (key: K) => Promise<V | undefined>,
  { clock, maxAgeMs, maxEntries }: CacheOptions,
): (key: K) => Promise<V | undefined> {
  const kept = new Map<K, { readonly value: Promise<V | undefined>; readonly until: number }>();
  return (key) => {
    const now = clock();
    const found = kept.get(key);
    if (found !== undefined && now < found.until) return found.value;
    const value = load(key);
    kept.delete(key);
    kept.set(key, { value, until: now + maxAgeMs });
    const oldest = kept.keys().next();
    if (kept.size > maxEntries && !oldest.done) kept.delete(oldest.value);
    const forget = (): void => {
      if (kept.get(key)?.value === value) kept.delete(key);
    };
    value.then((result) => {
      if (result === undefined) forget();
    }, forget);
    return value;
  };
}
