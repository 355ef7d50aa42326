import { createHash } from 'node:crypto';
import type { BillChannel } from '../bills/bill';
import type { Act, Difference, DifferenceClass } from './reconciliation';

const DIGITS = '0123456789abcdefghijklmnopqrstuv';
const ID_DIGITS = 26;

const ACTS: Readonly<Record<DifferenceClass, Act>> = {
  'missing-callback': 'credit',
  'orphan-payment': 'refund',
  'amount-mismatch': 'hold',
  'duplicate-payment': 'refund',
  'duplicate-line': 'hold',
  'refund-mismatch': 'hold',
  late: 'wait',
  'missing-in-bill': 'hold',
  foreign: 'hold',
  'credited-twice': 'hold',
  'books-disagree': 'hold',
};

/**
 * Of what happened and not of when it was found: channel, class, order, refund and, where the bill has a line, the platform's trade. 130
 * bits of SHA-256.
 */
export function differenceId(of: {
  readonly channel: BillChannel;
  readonly class: DifferenceClass;
  readonly kind: 'payment' | 'refund';
  readonly orderNo: string;
  readonly refundNo: string;
  readonly platformTradeNo: string;
}): string {
  const facts = [of.channel, of.class, of.kind, of.orderNo, of.refundNo, of.platformTradeNo];
  const hash = createHash('sha256')
    .update(`ecode-difference-v1\n${facts.join('\n')}`)
    .digest();
  let id = '';
  let bits = 0;
  let value = 0;
  for (const byte of hash) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5 && id.length < ID_DIGITS; bits -= 5) id += DIGITS[(value >>> (bits - 5)) & 31];
    value &= (1 << bits) - 1;
  }
  return `rd${id}`;
}

/** A difference before it has an id; what is undefined is left out. */
export interface Found {
  readonly class: DifferenceClass;
  /** Where it is not what the class usually asks for. */
  readonly act?: Act;
  readonly reason: string;
  readonly schoolId?: string | undefined;
  readonly kind: 'payment' | 'refund';
  readonly orderNo: string;
  readonly refundNo?: string | undefined;
  readonly platformTradeNo?: string | undefined;
  readonly billFen?: Difference['billFen'] | undefined;
  readonly bookFen?: Difference['bookFen'] | undefined;
  readonly rowFen?: Difference['rowFen'] | undefined;
  readonly at: Difference['at'];
  readonly accountNo?: number | undefined;
  readonly n?: number | undefined;
}

/** Collects differences up to a limit; above, they are counted and no more. */
export class Differences {
  readonly counts: Record<DifferenceClass, number> = {
    'missing-callback': 0,
    'orphan-payment': 0,
    'amount-mismatch': 0,
    'duplicate-payment': 0,
    'duplicate-line': 0,
    'refund-mismatch': 0,
    late: 0,
    'missing-in-bill': 0,
    foreign: 0,
    'credited-twice': 0,
    'books-disagree': 0,
  };
  /** More than the limit: the day is suspended. */
  overflowed = false;
  private readonly kept: Difference[] = [];
  private readonly channel: BillChannel;
  private readonly limit: number;

  constructor(channel: BillChannel, limit: number) {
    this.channel = channel;
    this.limit = limit;
  }

  get full(): boolean {
    return this.kept.length >= this.limit;
  }

  add(found: Found): void {
    this.counts[found.class] += 1;
    if (this.full) {
      this.overflowed = true;
      return;
    }
    const { class: kind, act = ACTS[kind], orderNo, refundNo = '', billFen, platformTradeNo = '' } = found;
    const trade = billFen === undefined ? '' : platformTradeNo;
    const id = differenceId({ channel: this.channel, class: kind, kind: found.kind, orderNo, refundNo, platformTradeNo: trade });
    this.kept.push({
      id,
      class: kind,
      act,
      reason: found.reason,
      kind: found.kind,
      orderNo,
      at: found.at,
      ...given('schoolId', found.schoolId),
      ...given('refundNo', refundNo === '' ? undefined : refundNo),
      ...given('platformTradeNo', platformTradeNo === '' ? undefined : platformTradeNo),
      ...given('billFen', billFen),
      ...given('bookFen', found.bookFen),
      ...given('rowFen', found.rowFen),
      ...given('accountNo', found.accountNo),
      ...given('n', found.n),
    });
  }

  /** In an order of their own, so that the same day gives the same list whatever order books and bill came in. */
  list(): readonly Difference[] {
    return this.kept.sort((a, b) => compare(a.class, b.class) || compare(a.orderNo, b.orderNo) || compare(a.id, b.id) || a.at - b.at);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [name in Name]?: Value } {
  // TypeScript widens a computed name to a string index; the one name is exact by construction.
  return value === undefined ? {} : ({ [name]: value } as { readonly [name in Name]?: Value });
}
