import { createHmac } from 'node:crypto';

/** A card as it leaves the card office: its number, and the key that was written into its chip. */
export interface PhysicalCard {
  readonly cardNumber: string;
  /** 32 bytes. */
  readonly chipKey: Uint8Array;
}

export interface TapOf {
  readonly schoolId: string;
  readonly terminal: number;
  readonly sequence: number;
  readonly amountFen: number;
}

/** The chip counts its taps and signs each: first 8 bytes of HMAC-SHA256, hex (docs/terminal-api.md). */
export class CardChip {
  readonly #card: PhysicalCard;
  #counter: number;

  constructor(card: PhysicalCard, counter = 0) {
    this.#card = card;
    this.#counter = counter;
  }

  get cardNumber(): string {
    return this.#card.cardNumber;
  }

  tap(sale: TapOf): { readonly counter: number; readonly mac: string } {
    this.#counter += 1;
    const counter = this.#counter;
    const text = `tap-v1|${sale.schoolId}|${sale.terminal}|${sale.sequence}|${sale.amountFen}|${counter}`;
    return { counter, mac: createHmac('sha256', this.#card.chipKey).update(text).digest('hex').slice(0, 16) };
  }
}
