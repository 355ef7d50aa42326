import { createHmac } from 'node:crypto';

/** Two sums that only grow, and how often the purse was used. */
export interface PurseSums {
  readonly loadedFen: number;
  readonly spentFen: number;
  readonly counter: number;
}

export interface PurseLoad {
  readonly loadedFen: number;
  readonly mac: string;
}

interface KeyedCard {
  readonly cardNumber: string;
  readonly chipKey: Uint8Array;
}

export const NEW_PURSE: PurseSums = { loadedFen: 0, spentFen: 0, counter: 0 };

/**
 * The small purse in a chip (docs/terminal-api.md). Any reader may take from it, for that only costs its holder; only what the card's own
 * key has signed puts something in. Each change is one step of the chip: it happens or it does not, whenever the card is pulled.
 */
export class ChipPurse {
  readonly #card: KeyedCard;
  readonly #keep: (sums: PurseSums) => void;
  #sums: PurseSums;

  /** @param keep is told of every change before it is one; what it throws leaves all as it was */
  constructor(card: KeyedCard, sums: PurseSums = NEW_PURSE, keep: (sums: PurseSums) => void = () => undefined) {
    this.#card = card;
    this.#sums = sums;
    this.#keep = keep;
  }

  get sums(): PurseSums {
    return this.#sums;
  }

  /** 小钱包余额. */
  get restFen(): number {
    return this.#sums.loadedFen - this.#sums.spentFen;
  }

  /** Its sums, signed. */
  tell(schoolId: string): PurseSums & { readonly mac: string } {
    const { loadedFen, spentFen, counter } = this.#sums;
    return { loadedFen, spentFen, counter, mac: this.#mac(['purse-v1', schoolId, this.#card.cardNumber, loadedFen, spentFen, counter]) };
  }

  /** Takes what is there of the amount, and says how much that was. @throws CardPulled */
  spend(amountFen: number): number {
    const taken = Math.min(amountFen, this.restFen);
    if (taken <= 0) return 0;
    this.#change({ spentFen: this.#sums.spentFen + taken, counter: this.#sums.counter + 1 });
    return taken;
  }

  /** False, and nothing changes, where the load is not signed for this card. An older load changes nothing. @throws CardPulled */
  load(schoolId: string, { loadedFen, mac }: PurseLoad): boolean {
    if (this.#mac(['purse-load-v1', schoolId, this.#card.cardNumber, loadedFen]) !== mac) return false;
    this.#change({ loadedFen: Math.max(this.#sums.loadedFen, loadedFen) });
    return true;
  }

  #change(change: Partial<PurseSums>): void {
    const sums = { ...this.#sums, ...change };
    this.#keep(sums);
    this.#sums = sums;
  }

  #mac(parts: readonly (string | number)[]): string {
    return createHmac('sha256', this.#card.chipKey).update(parts.join('|')).digest('hex').slice(0, 16);
  }
}
