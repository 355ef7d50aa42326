import type { JournalSale } from './memory';

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** Some four hours of asking; then a person must. */
const MAX_TRIES = 500;

/** 1 s, 2 s, 4 s … 30 s. What waits for a bank or a phone is asked about each second, because somebody stands there. */
export function waitMs(tries: number, pending = false): number {
  return pending ? FIRST_MS : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
}

/** A sale that was asked about and has no end: when it is asked about next, or that a person has to. */
export function afterNoEnd(sale: JournalSale, now: number): JournalSale {
  const tries = sale.tries + 1;
  return { ...sale, tries, dueAt: now + waitMs(sale.tries, sale.pending), state: tries >= MAX_TRIES ? 'unknown' : sale.state };
}

export function isDue({ state, dueAt }: Pick<JournalSale, 'state' | 'dueAt'>, now: number): boolean {
  return state === 'open' && dueAt <= now;
}
