import { AppError } from '../../shared/errors';
import type { Fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type {
  CodePaymentAnswer,
  CodePayPlatform,
  NewCodePayment,
  OrderRef,
  PaidOrder,
  PlatformOrder,
  ReverseOutcome,
} from '../platforms/contract';

/**
 * What becomes of one call: the payer still types, the platform fails before it did anything, the call is carried out and its answer lost,
 * the payer pays and the answer is lost (told late), the payer pays and it is told, the payment is refused for good.
 */
export const STEPS = ['userpaying', 'systemerror', 'timeout', 'late', 'success'] as const;
export type Step = (typeof STEPS)[number] | 'refused' | 'expired';

interface HeldPayment {
  readonly appId: string;
  readonly amountFen: Fen;
  readonly askedAt: EpochMs;
  state: 'open' | 'paid' | 'closed' | 'reversed';
}

/** A platform that takes payers' own codes as its contract says, each call by the next step of a script; after it, it tells the truth. */
export class FakeCodePay implements CodePayPlatform {
  readonly name: CodePayPlatform['name'];
  readonly payments = new Map<string, HeldPayment>();
  readonly log: { readonly call: 'pay' | 'query' | 'reverse'; readonly orderNo: string; readonly at: EpochMs; readonly told?: string }[] =
    [];
  clock: () => EpochMs = () => 0;
  script: Step[] = [];
  /** How many calls the script had no step for. */
  beyond = 0;
  payer: string | undefined = 'oPayer';
  /** Given back by reversals, and by refunds of whoever plays those. */
  readonly reversedFen = new Map<string, number>();
  refundedFen: (orderNo: string) => number = () => 0;

  constructor(name: CodePayPlatform['name']) {
    this.name = name;
  }

  async payByCode({ merchantOrderNo, appId, amountFen }: NewCodePayment): Promise<CodePaymentAnswer> {
    const step = this.#next();
    const note = (told: string) => this.log.push({ call: 'pay', orderNo: merchantOrderNo, at: this.clock(), told });
    if (step === 'systemerror') return this.#lost('pay', merchantOrderNo);
    if (this.payments.has(merchantOrderNo)) throw new Error('a number was charged twice');
    const held: HeldPayment = { appId, amountFen, askedAt: this.clock(), state: 'open' };
    if (step === 'refused' || step === 'expired') {
      note('refused');
      const reason = step === 'expired' ? 'code-expired' : 'refused';
      return { status: 'refused', merchantOrderNo, reason, platformCode: 'NOT_ENOUGH' };
    }
    this.payments.set(merchantOrderNo, held);
    if (step === 'success' || step === 'late') held.state = 'paid';
    if (step === 'timeout' || step === 'late') return this.#lost('pay', merchantOrderNo);
    note(held.state);
    return held.state === 'paid' ? this.paid(merchantOrderNo) : { status: 'pending', merchantOrderNo };
  }

  async queryPayment({ merchantOrderNo }: OrderRef): Promise<PlatformOrder> {
    const step = this.#next();
    const held = this.payments.get(merchantOrderNo);
    if (step === 'systemerror' || step === 'timeout') return this.#lost('query', merchantOrderNo);
    if ((step === 'success' || step === 'late') && held?.state === 'open') held.state = 'paid';
    if (step === 'late') return this.#lost('query', merchantOrderNo);
    const told = held === undefined ? 'not-found' : held.state;
    this.log.push({ call: 'query', orderNo: merchantOrderNo, at: this.clock(), told });
    if (held === undefined) return { status: 'not-found', merchantOrderNo };
    if (held.state !== 'paid') return { status: held.state === 'open' ? 'pending' : 'closed', merchantOrderNo };
    return this.paid(merchantOrderNo);
  }

  async reverse({ merchantOrderNo }: OrderRef): Promise<ReverseOutcome> {
    const step = this.#next();
    const held = this.payments.get(merchantOrderNo);
    if (step === 'systemerror') return this.#lost('reverse', merchantOrderNo);
    if (step === 'userpaying') {
      this.log.push({ call: 'reverse', orderNo: merchantOrderNo, at: this.clock(), told: 'pending' });
      return 'pending';
    }
    // The payer may be a moment faster than the reversal.
    if ((step === 'success' || step === 'late') && held?.state === 'open') held.state = 'paid';
    if (held?.state === 'paid') this.reversedFen.set(merchantOrderNo, held.amountFen - this.refundedFen(merchantOrderNo));
    if (held !== undefined) held.state = 'reversed';
    if (step === 'timeout' || step === 'late') return this.#lost('reverse', merchantOrderNo);
    const told = held === undefined ? 'not-found' : 'reversed';
    this.log.push({ call: 'reverse', orderNo: merchantOrderNo, at: this.clock(), told });
    return told;
  }

  paid(merchantOrderNo: string): PaidOrder {
    const held = this.payments.get(merchantOrderNo);
    if (held === undefined) throw new Error('no such payment');
    const { amountFen, appId, askedAt } = held;
    const trade = { platformTradeNo: `trade-${merchantOrderNo}`, paidAt: askedAt, payerOpenId: this.payer };
    return { status: 'paid', merchantOrderNo, amountFen, currency: 'CNY', appId, ...trade };
  }

  /** What the platform holds for us of an order in the end. */
  keptFen(merchantOrderNo: string): number {
    const held = this.payments.get(merchantOrderNo);
    const wasPaid = held?.state === 'paid' || this.reversedFen.has(merchantOrderNo);
    if (held === undefined || !wasPaid) return 0;
    return held.amountFen - this.refundedFen(merchantOrderNo) - (this.reversedFen.get(merchantOrderNo) ?? 0);
  }

  #lost(call: 'pay' | 'query' | 'reverse', orderNo: string): never {
    this.log.push({ call, orderNo, at: this.clock() });
    throw new AppError('native.unavailable');
  }

  #next(): Step | undefined {
    const step = this.script.shift();
    if (step === undefined) this.beyond += 1;
    return step;
  }
}
