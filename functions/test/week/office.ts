import type { RulePack } from '../../../shared/rule-pack';
import { type CloseDueDaysDeps, closeDueDays } from '../../operations/close-due-days';
import type { TopUpDeps } from '../../operations/create-top-up';
import { isReconciled } from '../../operations/is-reconciled';
import type { SuspenseDeps } from '../../operations/open-suspense';
import type { PayOutAnswer, PayOutRoute } from '../../operations/pay-out';
import { queryDueOrder } from '../../operations/query-order';
import { noticeOfHealed } from '../../operations/reconcile-acts';
import type { ReconcileDeps } from '../../operations/reconcile-day';
import { reconcileDue } from '../../operations/reconcile-due';
import type { RefundDeps } from '../../operations/refund';
import { refundOrphan } from '../../operations/refund-orphan';
import { createRefundRoute } from '../../operations/refund-route';
import { settleDueOrders } from '../../operations/settle-due-orders';
import { settleDuePayOuts } from '../../operations/settle-due-pay-outs';
import type { QueryQueue } from '../../platforms/queue/query-queue';
import { createAdjustments } from '../../store/adjustments';
import { createBooks } from '../../store/books';
import { createHouseActs } from '../../store/house-acts';
import { createNativePayments } from '../../store/native-payments';
import { createNotices } from '../../store/notices';
import { createOrders, DUE_SHARDS } from '../../store/orders';
import { createPassbook } from '../../store/passbook';
import { createPayOuts, PAY_OUT_SHARDS } from '../../store/pay-outs';
import { createReconciliations } from '../../store/reconciliations';
import { createRefunds } from '../../store/refunds';
import { createReversals } from '../../store/reversals';
import type { Database, Table } from '../../store/table';
import { createTerminals } from '../../store/terminals';
import { Crash, faultyDatabase } from '../faulty-database';
import { FinanceWorld, SCHOOL } from '../finance-world';
import { createModelDatabase, type ModelDatabase } from '../model-database';
import { Broken } from '../simulation/broken';
import type { Chance } from '../simulation/chance';
import type { Agenda } from './agenda';
import { NOTIFY_URLS, type Platforms, REFUND_NOTIFY_URLS } from './platforms';

export type WeekDeps = TopUpDeps & RefundDeps & SuspenseDeps;

const SWEEP_MS = 50_000;

/** The product of one school, its functions over a store that lags, and as they die now and then. */
export class Office {
  readonly model: ModelDatabase;
  readonly finance: FinanceWorld;
  /** Of a function that nothing happens to: what the jobs of the morning and those who look use. */
  readonly deps: WeekDeps;
  readonly reconcileDeps: ReconcileDeps;
  /** What the bank paid out, by number. */
  readonly bankPaid = new Map<string, number>();
  readonly counted = { crashes: 0, queries: 0 };
  readonly #agenda: Agenda;
  readonly #chance: Chance;
  readonly #platforms: Platforms;
  #asleep = false;

  constructor(parts: { readonly agenda: Agenda; readonly chance: Chance; readonly platforms: Platforms }) {
    const { agenda, chance, platforms } = parts;
    this.#agenda = agenda;
    this.#chance = chance;
    this.#platforms = platforms;
    this.model = createModelDatabase({ late: true, now: () => agenda.now });
    this.finance = new FinanceWorld(this.model);
    // The clock of the fixture follows the agenda's.
    Object.defineProperty(this.finance.till, 'now', { get: () => agenda.now });
    this.deps = this.depsOver(this.model);
    this.reconcileDeps = this.#reconcileOver(this.model);
  }

  get pack(): RulePack {
    return this.finance.till.pack;
  }

  depsOver(database: Database): WeekDeps {
    const orders = createOrders(database);
    const toBank: Pick<PayOutRoute, 'send' | 'query'> = {
      send: async (payOut) => this.#payByBank(payOut),
      query: async (payOut) => this.#payByBank(payOut),
    };
    const refund = createRefundRoute({
      platforms: this.#platforms.refunds,
      notifyUrls: REFUND_NOTIFY_URLS,
      toBank,
      orders,
      reversals: createReversals(database),
      adjustments: createAdjustments(database),
    });
    return {
      orders,
      passbook: createPassbook(database),
      payOuts: createPayOuts(database),
      refunds: createRefunds(database),
      houseActs: createHouseActs(database),
      adjustments: createAdjustments(database),
      routes: { refund },
      platforms: this.#platforms.pay,
      notifyUrls: NOTIFY_URLS,
      queue: this.#queue(),
      clock: () => this.#agenda.now,
      backOff: () => new Promise((resolve) => setImmediate(resolve)),
      packOf: async () => this.pack,
      bankCardOf: async (_school, accountNo) => ({ agreementRef: `agreement-${accountNo}`, cardTail: '0001' }),
    };
  }

  /** While it sleeps nobody asks the platforms: the jobs of the minute and the queue stand still. */
  sleep(asleep: boolean): void {
    this.#asleep = asleep;
  }

  /** Runs in a function of its own, whose calls of the store take their time and which may die at any of them. `Crash` is thrown on. */
  async run<T>(work: (deps: WeekDeps) => Promise<T>): Promise<T> {
    const slow = unevenly(this.model, this.#chance);
    const dies = this.#chance.is(0.05);
    const database = dies
      ? faultyDatabase(slow, { at: this.#chance.between(1, 14), moment: this.#chance.pick(['before', 'after'] as const) })
      : slow;
    try {
      return await work(this.depsOver(database));
    } catch (error) {
      if (error instanceof Crash) this.counted.crashes += 1;
      throw error;
    }
  }

  /** The two jobs of every minute. The store's indexes follow within the minute. */
  async sweep(): Promise<void> {
    if (this.#asleep || !(await this.#isAnythingDue())) return;
    const until = this.#agenda.now + SWEEP_MS;
    const orders = await this.#quietly(() => this.run((deps) => settleDueOrders({ ...deps, dueShards: DUE_SHARDS }, until)));
    const payOuts = await this.#quietly(() => this.run((deps) => settleDuePayOuts({ ...deps, dueShards: PAY_OUT_SHARDS }, until)));
    for (const { error } of [...(orders?.failed ?? []), ...(payOuts?.failed ?? [])]) this.#mustBeTrouble(error);
    this.counted.queries += (orders?.looked ?? 0) + (payOuts?.looked ?? 0);
  }

  /** Most sweeps of a week find nothing: they are not run. */
  async #isAnythingDue(): Promise<boolean> {
    const { orders, payOuts } = this.deps;
    for (let shard = 0; shard < DUE_SHARDS; shard += 1) if ((await orders.due(shard, this.#agenda.now)).orders.length > 0) return true;
    for (let shard = 0; shard < PAY_OUT_SHARDS; shard += 1)
      if ((await payOuts.due(shard, this.#agenda.now)).payOuts.length > 0) return true;
    return false;
  }

  /** Settlement of all days that are over, with statements, sheets and locks. */
  async closeDays(): Promise<void> {
    const deps: CloseDueDaysDeps = {
      ...this.finance.deps,
      isReconciled: (schoolId, day) => isReconciled(this.reconcileDeps, schoolId, day),
    };
    const { schools, complete } = await closeDueDays(deps, this.#agenda.now + SWEEP_MS);
    for (const { error } of schools) if (error !== undefined) throw error;
    if (!complete) throw new Broken('the closing of days did not end');
  }

  /** The job of the morning. One that dies half way through is followed by the next, which goes on where it stopped. */
  async reconcile(): Promise<void> {
    if (this.#chance.is(0.4)) {
      const die = { at: this.#chance.between(100, 1_500), moment: this.#chance.pick(['before', 'after'] as const) };
      const dying = faultyDatabase(this.model, die);
      const reports = await unlessItDies(() => reconcileDue(this.#reconcileOver(dying)));
      if (dying.calls() >= die.at) this.counted.crashes += 1;
      for (const { error } of reports ?? []) if (error !== undefined && !(error instanceof Crash)) throw error;
    }
    for (const { error } of await reconcileDue(this.reconcileDeps)) if (error !== undefined) throw error;
  }

  #reconcileOver(database: Database): ReconcileDeps {
    const deps = this.depsOver(database);
    const { bills, merchantIds, appIds } = this.#platforms;
    const notices = createNotices(database);
    return {
      ...deps,
      books: createBooks(database, 40),
      terminals: createTerminals(database),
      natives: createNativePayments(database),
      bills,
      merchantIds,
      appIds: { 'wechat-pay': new Set([appIds['wechat-pay']]), alipay: new Set([appIds.alipay]) },
      refundAppIds: appIds,
      reconciliations: createReconciliations(database),
      schools: async () => [SCHOOL],
      refundOrphan: (orphan) => refundOrphan(deps, orphan),
      tellHealed: async (healed) => void (await notices.addNotice(noticeOfHealed(healed))),
    };
  }

  /** Messages about orders: one in ten is lost, one in ten comes twice. */
  #queue(): QueryQueue {
    return {
      later: async (message, delayMs) => {
        const copies = this.#chance.pick([0, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
        for (let copy = 0; copy < copies; copy += 1) {
          this.#agenda.after(delayMs, async () => {
            if (this.#asleep) return;
            this.counted.queries += 1;
            await this.#quietly(() => this.run((deps) => queryDueOrder(deps, message)));
          });
        }
      },
    };
  }

  /** What passing trouble leaves undone is done by the next asker. */
  async #quietly<T>(run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      this.#mustBeTrouble(error);
      return undefined;
    }
  }

  #mustBeTrouble(error: unknown): void {
    if (!isTrouble(error)) throw error;
  }

  #payByBank({ payOutNo, amountFen }: { readonly payOutNo: string; readonly amountFen: number }): PayOutAnswer {
    if (this.#chance.is(0.3)) return { status: 'pending' };
    const before = this.bankPaid.get(payOutNo);
    if (before !== undefined && before !== amountFen) throw new Broken(`the bank is asked for ${payOutNo} with another amount`);
    this.bankPaid.set(payOutNo, amountFen);
    return { status: 'succeeded', at: this.#agenda.now, externalRef: `bank-${payOutNo}` };
  }
}

const TROUBLE = ['request.busy', 'top-up.platform-unavailable', 'refund.platform-unavailable', 'refund.too-soon'];

/** What may happen to anyone at any time, and is tried again. */
export function isTrouble(error: unknown): boolean {
  return error instanceof Crash || TROUBLE.includes(codeOf(error));
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

async function unlessItDies<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return undefined;
  }
}

/** Each call of the store takes a few turns, so that operations that run at once interleave in ever other ways. */
function unevenly(inner: Database, chance: Chance): Database {
  const turns = async (): Promise<void> => {
    for (let turn = chance.below(4); turn > 0; turn -= 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const run = async <T>(call: () => Promise<T>): Promise<T> => {
    await turns();
    return call();
  };
  const table = (name: 'passbook' | 'records'): Table => ({
    get: (key, options) => run(() => inner[name].get(key, options)),
    query: (input) => run(() => inner[name].query(input)),
    put: (item, when) => run(() => inner[name].put(item, when)),
    remove: (key, when) => run(() => inner[name].remove(key, when)),
  });
  return { passbook: table('passbook'), records: table('records'), transact: (writes, token) => run(() => inner.transact(writes, token)) };
}
