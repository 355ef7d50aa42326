import { createHash } from 'node:crypto';
import type { SaleBody } from '../../shared/api/terminal';
import type { Entry } from '../domain/entry';
import { guestAccountNo } from '../domain/house-account';
import { nativeOrderNumber } from '../domain/native-payment';
import { authorizePayment, type SaleRequest } from '../operations/authorize-payment';
import { chargeNative, type NativeAnswer, type NativeRequest } from '../operations/charge-native';
import { queryNative } from '../operations/query-native';
import { refundOrphan } from '../operations/refund-orphan';
import { queryDueNative, settleDueNatives } from '../operations/settle-due-natives';
import { type VoidNativeDeps, voidNative } from '../operations/void-native';
import { createLinks, type Links } from '../store/links';
import { createNativePayments, NATIVE_SHARDS } from '../store/native-payments';
import type { Database } from '../store/table';
import type { Terminal } from '../store/terminals';
import { FakeCodePay } from './fake-code-pay';
import { ModelQueue } from './model-queue';
import { RefundFixture } from './refund-fixture';

export const WECHAT_CODE = '134567890123456789';
export const ALIPAY_CODE = '287654321098765432';

/** A till that takes payers' own codes at both platforms, which do what the test says. */
export class NativeFixture extends RefundFixture {
  readonly codePay = { 'wechat-pay': new FakeCodePay('wechat-pay'), alipay: new FakeCodePay('alipay') };
  readonly queue = new ModelQueue(() => this.till.now);
  readonly terminal: Terminal;
  readonly links: Links;
  readonly native: VoidNativeDeps;
  #sequence = 500;

  constructor(database: Database, schoolId = 'bistu') {
    super(database, schoolId);
    this.terminal = { schoolId, terminal: 7, merchant: 12, name: '一号窗口', status: 'active' };
    this.codePay['wechat-pay'].refundedFen = (orderNo) => this.wechat.givenFen(orderNo);
    this.codePay.alipay.refundedFen = (orderNo) => this.alipay.givenFen(orderNo);
    for (const platform of Object.values(this.codePay)) platform.clock = () => this.till.now;
    this.links = createLinks(database);
    this.native = this.nativeOver(database);
  }

  nativeOver(database: Database): VoidNativeDeps {
    const deps = this.depsOver(database);
    const { saleApps } = this.deps;
    if (saleApps === undefined) throw new Error('a till without apps');
    return {
      ...deps,
      natives: createNativePayments(database),
      links: createLinks(database),
      platforms: this.codePay,
      giveBack: (orphan) => refundOrphan(deps, orphan),
      queue: this.queue,
      saleApps,
    };
  }

  sale(code: string, amountFen: unknown = 1_250, changes: Partial<SaleBody> = {}): NativeRequest {
    this.#sequence += 1;
    const { schoolId, terminal } = this.terminal;
    const facts = { schoolId, terminal, sequence: this.#sequence, amountFen, occurredAt: this.till.now };
    // The spread of a union's changes keeps the one variant that is meant here.
    const body = { ...facts, kind: 'charge-code', code, ...changes } as SaleBody;
    const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    return { body, bodyHash, attempt: 1, terminal: this.terminal, pack: this.till.pack };
  }

  orderNo({ body }: NativeRequest): string {
    return nativeOrderNumber(body);
  }

  ask(what: 'charge' | 'query' | 'void', request: NativeRequest, deps: VoidNativeDeps = this.native): Promise<NativeAnswer> {
    return { charge: chargeNative, query: queryNative, void: voidNative }[what](deps, request);
  }

  /** The same till's other way to sell. */
  campus(request: SaleRequest): ReturnType<typeof authorizePayment> {
    return authorizePayment(this.till.deps, request);
  }

  /** What the queue brings by now; the job of every minute. */
  async poll(deps: VoidNativeDeps = this.native): Promise<void> {
    for (const message of this.queue.take()) await queryDueNative(deps, message);
  }

  async sweepNatives(deps: VoidNativeDeps = this.native): Promise<void> {
    const { failed } = await settleDueNatives({ ...deps, dueShards: NATIVE_SHARDS }, this.till.now + 1);
    for (const { error } of failed) throw error;
  }

  async guests(day = '2026-11-21'): Promise<readonly Entry[]> {
    const accountNo = guestAccountNo(this.terminal.terminal, day);
    const head = await this.native.passbook.head(this.terminal.schoolId, accountNo);
    return head === undefined ? [] : this.till.all(accountNo);
  }
}
