import type { EpochMs } from '../../shared/time';

/** One line of "what happened" on the bench top: an entry of a passbook, or something of the outside world. */
export interface FeedItem {
  /** Counts from 1 in this run. */
  readonly n: number;
  readonly at: EpochMs;
  readonly source: 'passbook' | 'world' | 'function';
  readonly kind: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Feed {
  publish(item: Omit<FeedItem, 'n'>): void;
  list(after?: number): readonly FeedItem[];
  /** Returns what ends the subscription. */
  subscribe(listener: (item: FeedItem) => void): () => void;
}

const KEPT = 1_000;

export function createFeed(): Feed {
  const kept: FeedItem[] = [];
  const listeners = new Set<(item: FeedItem) => void>();
  let count = 0;
  return {
    publish(item) {
      count += 1;
      const numbered = { n: count, ...item };
      kept.push(numbered);
      if (kept.length > KEPT) kept.shift();
      for (const listener of listeners) listener(numbered);
    },
    list: (after = 0) => kept.filter((item) => item.n > after),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
