import type { MachineWorld } from '../machine';
import { type Forward, type JournalSale, readMemory, type Shift, type TillMemory } from './memory';

/** Final sales that are kept for a reprint once their day is stated. */
const KEPT_SALES = 500;

/**
 * What a till must not forget, written before anything depends on it. Every change is one write of the whole, so that a power cut leaves
 * the journal as it was before or as it is after.
 */
export class Journal {
  readonly #world: Pick<MachineWorld, 'memory'>;
  #memory: TillMemory;

  constructor(world: Pick<MachineWorld, 'memory'>, firstSequence: number) {
    this.#world = world;
    this.#memory = readMemory(world.memory.load(), firstSequence);
  }

  get memory(): TillMemory {
    return this.#memory;
  }

  change(part: Partial<TillMemory>): void {
    const next = { ...this.#memory, ...part };
    this.#world.memory.save(next);
    this.#memory = next;
  }

  sale(sequence: number): JournalSale | undefined {
    return this.#memory.sales.find((sale) => sale.sequence === sequence);
  }

  /** Every sale whose end is not known: none is ever forgotten, whatever the day. */
  unsettled(): readonly JournalSale[] {
    return this.#memory.sales.filter(isUnsettled);
  }

  get last(): JournalSale | undefined {
    return this.#memory.sales.at(-1);
  }

  get shift(): Shift | undefined {
    const shift = this.#memory.shifts.at(-1);
    return shift?.closedAt === undefined ? shift : undefined;
  }

  /** Takes the next sequence together with what it is for, in one write. */
  begin(sale: JournalSale): void {
    this.change({ nextSequence: sale.sequence + 1, sales: pruned([...this.#memory.sales, sale]) });
  }

  put(sale: JournalSale): JournalSale {
    this.change({ sales: this.#memory.sales.map((one) => (one.sequence === sale.sequence ? sale : one)) });
    return sale;
  }

  beginForward(item: Forward): void {
    this.change({ nextSequence: Math.max(this.#memory.nextSequence, item.sequence + 1), forwards: [...this.#memory.forwards, item] });
  }

  putForward(item: Forward): Forward {
    this.change({ forwards: this.#memory.forwards.map((one) => (one.key === item.key ? item : one)) });
    return item;
  }

  /** The network is back: whatever waits is asked about at once. */
  wake(now: number): void {
    const { sales, forwards } = this.#memory;
    this.change({
      sales: sales.map((sale) => (sale.state === 'open' ? { ...sale, dueAt: Math.min(sale.dueAt, now) } : sale)),
      forwards: forwards.map((item) => (item.state === 'waiting' ? { ...item, dueAt: Math.min(item.dueAt, now) } : item)),
    });
  }
}

export function isUnsettled({ state }: Pick<JournalSale, 'state'>): boolean {
  return state === 'open' || state === 'unknown';
}

/** Drops the oldest of what is settled and stated; nothing else is ever dropped. */
function pruned(sales: readonly JournalSale[]): JournalSale[] {
  let over = sales.length - KEPT_SALES;
  return sales.filter((sale) => {
    if (over <= 0 || isUnsettled(sale) || sale.stated === undefined || sale.stated === 'unknown') return true;
    over -= 1;
    return false;
  });
}
