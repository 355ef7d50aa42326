import { AppError } from '../../shared/errors';
import { type Fen, smaller, subtract, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { Entry } from '../domain/entry';
import type { PlatformChannel } from '../domain/order';
import { paidThrough, routeReversalDraft } from '../domain/original-route';
import type { PayOut, PayOutTo } from '../domain/pay-out';
import { payOutNumber } from '../domain/pay-out-number';
import { refundNumber } from '../domain/refund';
import { isSale } from '../domain/sale-kinds';
import type { Reversal } from '../store/reversals';
import { type PayOutDeps, startPayOut } from './pay-out';
import { type ReverseDeps, reverse } from './reverse-sale';

export interface RefundSaleDeps extends PayOutDeps, ReverseDeps {
  /** The app that a payer's code was charged with at each platform. Absent from a function that asks no platform: it leaves such a sale alone. */
  readonly saleApps?: Readonly<Record<PlatformChannel, string>>;
}

export interface SaleRefundWish {
  readonly sale: Entry;
  /** What asks ("dispute", a supervisor's request id): a repeat of it is the same act. */
  readonly by: string;
  /** `rest`: what has not been taken back yet. */
  readonly amountFen: Fen | 'rest';
  readonly askedBy: string;
  readonly reason: string;
}

/** `payOut`: the money leaves by the way it came. */
export interface SaleRefund {
  readonly entry: Entry;
  readonly payOut?: PayOut;
}

/**
 * Takes a sale back, whole or in part, by the way it was paid: from the campus account into it again; by a WeChat or Alipay code, to the
 * payer through the platform. However many ways ask, the sum stays within the sale; `rest` with nothing left answers the part that was the last.
 *
 * Throws AppError: `dispute.not-disputable` (no sale), `refund.over-rest` (detail.leftFen), `request.replayed-differently`, `account.unknown`,
 * `school.unknown`, `request.busy`.
 */
export async function refundSale(deps: RefundSaleDeps, wish: SaleRefundWish): Promise<SaleRefund> {
  const { sale, by, amountFen } = wish;
  if (!isSale(sale.kind)) throw new AppError('dispute.not-disputable');
  const pack = await deps.packOf(sale.schoolId);
  const through = paidThrough(sale);
  if (through !== undefined) return byOriginalRoute(deps, wish, through, pack);
  return { entry: await reverse(deps, { sale, kind: 'reversal', entryId: `${sale.entryId}-${shortName(sale, by)}`, amountFen, pack }) };
}

/** A word of ours stays as it is; anything longer becomes 15 letters of its hash, for an entry has little room. */
function shortName({ schoolId, accountNo, n }: Entry, by: string): string {
  return /^[a-z]{1,12}$/.test(by) ? by : payOutNumber({ schoolId, accountNo, kind: 'reversal', key: `${n}\n${by}` }).slice(-15);
}

async function byOriginalRoute(
  deps: RefundSaleDeps,
  wish: SaleRefundWish,
  paid: NonNullable<ReturnType<typeof paidThrough>>,
  pack: RulePack,
): Promise<SaleRefund> {
  const { sale, by, askedBy, reason } = wish;
  const { schoolId, accountNo } = sale;
  const { channel, orderNo, amountFen: soldFen } = paid;
  const payOutNo = refundNumber({ schoolId, accountNo, requestId: `sale:${sale.n}:${by}` }, orderNo);
  const before = await deps.reversals.find(schoolId, accountNo, sale.n);
  const earlier = await partBefore(deps, wish, before, payOutNo, subtract(soldFen, before.reversedFen));
  if (earlier !== undefined) return earlier;
  const appId = deps.saleApps?.[channel];
  if (appId === undefined) throw new AppError('config.invalid', { channel });
  const to: PayOutTo = {
    via: 'platform',
    channel,
    orderNo,
    appId,
    orderFen: soldFen,
    saleN: sale.n,
  };
  const amountFen = wish.amountFen === 'rest' ? subtract(soldFen, before.reversedFen) : wish.amountFen;
  const payOut = await startPayOut<Reversal>(
    deps,
    { schoolId, payOutNo, accountNo, kind: 'refund', amountFen, to, reason, askedBy },
    {
      gather: () => deps.reversals.find(schoolId, accountNo, sale.n),
      decide(head, recordedAt, read) {
        const leftFen = smaller(subtract(soldFen, read.reversedFen), soldFen);
        if (amountFen <= 0 || amountFen > leftFen) throw new AppError('refund.over-rest', { leftFen });
        const draft = routeReversalDraft(head, { sale, entryId: payOutNo, amountFen, channel, recordedAt }, pack);
        const part = { entryId: payOutNo, n: head.n + 1, amountFen };
        return { draft, rows: [deps.reversals.row({ schoolId, accountNo, reversed: sale.n, read, part })] };
      },
    },
  );
  return { entry: await entryOf(deps, sale, payOut.n), payOut };
}

/** What this very wish, or for `rest` the one before it, has taken back already. */
async function partBefore(
  deps: RefundSaleDeps,
  wish: SaleRefundWish,
  read: Reversal,
  payOutNo: string,
  leftFen: Fen,
): Promise<SaleRefund | undefined> {
  const { sale } = wish;
  const own = await deps.payOuts.find(sale.schoolId, payOutNo);
  if (own !== undefined) {
    if (wish.amountFen !== 'rest' && own.amountFen !== wish.amountFen) throw new AppError('request.replayed-differently');
    return { entry: await entryOf(deps, sale, own.n), payOut: own };
  }
  const last = leftFen === ZERO && wish.amountFen === 'rest' ? read.parts.at(-1) : undefined;
  return last === undefined ? undefined : { entry: await entryOf(deps, sale, last.n) };
}

async function entryOf(deps: RefundSaleDeps, sale: Entry, n: number): Promise<Entry> {
  const entry = await deps.passbook.entry(sale.schoolId, sale.accountNo, n);
  if (entry === undefined) throw new Error('a reversal row names an entry that does not exist');
  return entry;
}
