import { createHash, type Hash } from 'node:crypto';
import type { EntryKind } from '../../../shared/api/common';
import { add, type Fen, negate, subtract, sum, ZERO } from '../../../shared/money';
import type { Posting } from '../posting';
import { addPostings, type KindSums, tidy } from './leg-sums';

/** An entry as a book of the other side shows it. */
export interface DayLine {
  readonly accountNo: number;
  readonly n: number;
  readonly kind: EntryKind;
  readonly entryId: string;
  readonly postings: readonly Posting[];
  readonly late: boolean;
}

/** What a day's entries moved on `merchant:<n>`; payouts to the merchant are not among them. */
export interface MerchantDay {
  readonly salesCount: number;
  readonly grossFen: Fen;
  readonly refundsCount: number;
  /** Taken back of sales; above zero. */
  readonly refundsFen: Fen;
  /** By finance, of either sign. */
  readonly adjustmentsFen: Fen;
  /** Sum of the legs: gross − refunds + adjustments. */
  readonly controlFen: Fen;
  /** SHA-256 (hex) over `accountNo/n,entryId,amountFen` and a line feed for each entry, in the order of the books. */
  readonly linesHash: string;
}

export interface Moved {
  readonly count: number;
  /** Positive: into the channel's clearing. */
  readonly amountFen: Fen;
}

/** One business day of a school, from its entries alone. */
export interface DayTotals {
  readonly entries: number;
  readonly late: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly kinds: KindSums;
  readonly merchants: ReadonlyMap<number, MerchantDay>;
  /** By channel ("wechat-pay"), then by kind of entry. */
  readonly channels: Readonly<Record<string, Readonly<Record<string, Moved>>>>;
}

const TAKEN_BACK: ReadonlySet<EntryKind> = new Set(['void', 'reversal', 'native-refund', 'refund', 'refund-returned']);
const BY_FINANCE: ReadonlySet<EntryKind> = new Set(['adjustment', 'suspense', 'suspense-cleared']);
const MERCHANT = 'merchant:';
const CHANNEL = 'channel:';

class MerchantCounter {
  salesCount = 0;
  grossFen: Fen = ZERO;
  refundsCount = 0;
  refundsFen: Fen = ZERO;
  adjustmentsFen: Fen = ZERO;
  readonly hash: Hash = createHash('sha256');

  add(line: DayLine, amountFen: Fen): void {
    this.hash.update(`${line.accountNo}/${line.n},${line.entryId},${amountFen}\n`);
    if (TAKEN_BACK.has(line.kind)) {
      this.refundsCount += 1;
      this.refundsFen = subtract(this.refundsFen, amountFen);
    } else if (BY_FINANCE.has(line.kind)) {
      this.adjustmentsFen = add(this.adjustmentsFen, amountFen);
    } else {
      this.salesCount += 1;
      this.grossFen = add(this.grossFen, amountFen);
    }
  }

  totals(): MerchantDay {
    const { salesCount, grossFen, refundsCount, refundsFen, adjustmentsFen } = this;
    const controlFen = add(subtract(grossFen, refundsFen), adjustmentsFen);
    return { salesCount, grossFen, refundsCount, refundsFen, adjustmentsFen, controlFen, linesHash: this.hash.digest('hex') };
  }
}

/** Adds up the lines of a day one by one; it holds sums only, never lines. Each line is counted once: the caller reads each book once. */
export class DayCounter {
  private entries = 0;
  private late = 0;
  private readonly counts: Record<string, number> = {};
  private readonly kinds: Record<string, Record<string, Fen>> = {};
  private readonly merchants = new Map<number, MerchantCounter>();
  private readonly channels: Record<string, Record<string, Moved>> = {};

  /** @throws Error on an entry whose legs do not sum to zero: nothing can be closed over a broken book. */
  add(line: DayLine): void {
    const { kind, postings } = line;
    if (postings.length === 0) return;
    if (sum(postings.map(({ amountFen }) => amountFen)) !== 0) {
      throw new Error(`entry ${line.accountNo}/${line.n} of the book does not sum to zero`);
    }
    this.entries += 1;
    if (line.late) this.late += 1;
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    const legs = this.kinds[kind] ?? {};
    this.kinds[kind] = legs;
    addPostings(legs, postings);
    const sides: Record<string, Fen> = {};
    addPostings(sides, postings);
    for (const [leg, amountFen] of Object.entries(sides)) {
      if (leg.startsWith(MERCHANT) && kind !== 'merchant-payout') this.merchant(Number(leg.slice(MERCHANT.length))).add(line, amountFen);
      if (leg.startsWith(CHANNEL)) this.channel(leg.slice(CHANNEL.length), kind, amountFen);
    }
  }

  totals(): DayTotals {
    const merchants = [...this.merchants].sort(([a], [b]) => a - b).map(([merchant, counter]) => [merchant, counter.totals()] as const);
    return {
      entries: this.entries,
      late: this.late,
      counts: { ...this.counts },
      kinds: kindsOf(this.kinds),
      merchants: new Map(merchants),
      channels: this.channels,
    };
  }

  private merchant(merchant: number): MerchantCounter {
    const found = this.merchants.get(merchant) ?? new MerchantCounter();
    this.merchants.set(merchant, found);
    return found;
  }

  private channel(channel: string, kind: EntryKind, amountFen: Fen): void {
    const kinds = this.channels[channel] ?? {};
    this.channels[channel] = kinds;
    const { count, amountFen: before } = kinds[kind] ?? { count: 0, amountFen: ZERO };
    kinds[kind] = { count: count + 1, amountFen: add(before, negate(amountFen)) };
  }
}

function kindsOf(kinds: Readonly<Record<string, Record<string, Fen>>>): KindSums {
  return Object.fromEntries(
    Object.entries(kinds)
      .map(([kind, legs]) => [kind, tidy(legs)] as const)
      .filter(([, legs]) => Object.keys(legs).length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
