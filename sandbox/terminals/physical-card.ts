import { createHmac } from 'node:crypto';
import { ChipPurse, NEW_PURSE, type PurseSums } from './chip-purse';

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

/** What the chip keeps without power. Its owner stores it: the card outlives every machine. */
export interface ChipMemory {
  /** Taps made so far. */
  readonly counter: number;
  /** Number of the last amount that was written; 0 where none ever was. */
  readonly lastWrite: number;
  /** All amounts that were written, together. */
  readonly storedFen: number;
  readonly purse: PurseSums;
}

/** The card is no longer on the reader: whatever was being done to its chip has not happened. */
export class CardPulled extends Error {
  constructor() {
    super('the card is not on the reader');
    this.name = 'CardPulled';
  }
}

const NEW_CHIP: ChipMemory = { counter: 0, lastWrite: 0, storedFen: 0, purse: NEW_PURSE };

/** A card's chip. It counts its taps and signs each, and takes an amount once for its number (docs/terminal-api.md). */
export class CardChip {
  readonly #card: PhysicalCard;
  readonly #keep: (memory: ChipMemory) => void;
  #memory: ChipMemory;
  #isThere = true;
  /** 小钱包, for water. */
  readonly purse: ChipPurse;

  /**
   * @param memory what it kept, or its counter alone
   * @param keep is told of every change, in the one step in which the chip makes it
   */
  constructor(card: PhysicalCard, memory: number | Partial<ChipMemory> = {}, keep: (memory: ChipMemory) => void = () => undefined) {
    this.#card = card;
    this.#memory = { ...NEW_CHIP, ...(typeof memory === 'number' ? { counter: memory } : memory) };
    this.#keep = keep;
    this.purse = new ChipPurse(card, this.#memory.purse, (purse) => this.#change({ purse }));
  }

  get cardNumber(): string {
    return this.#card.cardNumber;
  }

  get memory(): ChipMemory {
    return this.#memory;
  }

  /** Laid on a reader, or taken away from it. */
  set isThere(isThere: boolean) {
    this.#isThere = isThere;
  }

  /** The chip's code for an act: first 8 bytes of HMAC-SHA256, hex. @throws CardPulled */
  tap(sale: TapOf): { readonly counter: number; readonly mac: string } {
    const counter = this.#memory.counter + 1;
    this.#change({ counter });
    const text = `tap-v1|${sale.schoolId}|${sale.terminal}|${sale.sequence}|${sale.amountFen}|${counter}`;
    return { counter, mac: createHmac('sha256', this.#card.chipKey).update(text).digest('hex').slice(0, 16) };
  }

  /** Adds an amount once: number and sum change together, and a number that is not above the last one changes nothing. @throws CardPulled */
  write(write: number, amountFen: number): void {
    if (!this.#isThere) throw new CardPulled();
    if (write <= this.#memory.lastWrite) return;
    this.#change({ lastWrite: write, storedFen: this.#memory.storedFen + amountFen });
  }

  #change(change: Partial<ChipMemory>): void {
    if (!this.#isThere) throw new CardPulled();
    this.#memory = { ...this.#memory, ...change };
    this.#keep(this.#memory);
  }
}
