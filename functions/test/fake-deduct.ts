import { AppError } from '../../shared/errors';
import type { DeductContract, DeductPlatform, PaymentPlatformName, PlatformOrder } from '../platforms/contract';

type Wanted = Parameters<DeductPlatform['deduct']>[0];

/** A platform with standing contracts that keeps its contract, without any vendor's wire. */
export class FakeDeduct implements DeductPlatform {
  readonly name: PaymentPlatformName;
  readonly contracts = new Map<
    string,
    { readonly wanted: Parameters<DeductPlatform['startContract']>[0]; status: DeductContract['status'] }
  >();
  /** What was asked for, by number: once each, however often it was sent. */
  readonly orders = new Map<string, { readonly wanted: Wanted; state: 'pending' | 'paid' | 'closed'; paidAt: number }>();
  /** Every request to take money. */
  readonly asked: Wanted[] = [];
  /** What becomes of an order that is asked for. */
  outcome: 'pending' | 'paid' | 'closed' = 'paid';
  /** Thrown before, or after a deduction had its effect. */
  before: () => void = () => undefined;
  after: () => void = () => undefined;
  readonly #clock: () => number;

  constructor(name: PaymentPlatformName, clock: () => number) {
    this.name = name;
    this.#clock = clock;
  }

  async startContract(wanted: Parameters<DeductPlatform['startContract']>[0]) {
    if (!this.contracts.has(wanted.contractNo)) this.contracts.set(wanted.contractNo, { wanted, status: 'not-found' });
    return { signParams: { presign_token: `token-of-${wanted.contractNo}` } };
  }

  async queryContract({ contractNo }: { readonly contractNo: string }): Promise<DeductContract> {
    const status = this.contracts.get(contractNo)?.status ?? 'not-found';
    return status === 'signed'
      ? { status, contractNo, agreementRef: `agreement-${contractNo}`, signedAt: this.#clock() }
      : { status, contractNo };
  }

  async endContract({ contractNo }: { readonly contractNo: string }): Promise<void> {
    this.before();
    const contract = this.contracts.get(contractNo);
    if (contract !== undefined) contract.status = 'ended';
  }

  async deduct(wanted: Wanted): Promise<void> {
    this.asked.push(wanted);
    this.before();
    const inForce = [...this.contracts.values()].some(
      ({ wanted: { contractNo }, status }) => contractNo === wanted.contractNo && status === 'signed',
    );
    if (!inForce) throw new AppError('deduct.platform-refused', { platformCode: 'CONTRACT_NOT_EXIST' });
    if (!this.orders.has(wanted.merchantOrderNo)) {
      this.orders.set(wanted.merchantOrderNo, { wanted, state: this.outcome, paidAt: this.#clock() });
    }
    this.after();
  }

  async queryDeduction({ merchantOrderNo }: { readonly merchantOrderNo: string }): Promise<PlatformOrder> {
    const order = this.orders.get(merchantOrderNo);
    if (order === undefined) return { status: 'not-found', merchantOrderNo };
    if (order.state !== 'paid') return { status: order.state, merchantOrderNo };
    const { amountFen, appId } = order.wanted;
    const trade = { platformTradeNo: `trade-of-${merchantOrderNo}`, paidAt: order.paidAt, payerOpenId: undefined };
    return { status: 'paid', merchantOrderNo, amountFen, currency: 'CNY', appId, ...trade };
  }
}
