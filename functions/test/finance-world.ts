import { createHash } from 'node:crypto';
import type { SaleBody } from '../../shared/api/terminal';
import { fen } from '../../shared/money';
import { openedDraft, topUpDraft } from '../domain/account-changes';
import { writeCardNumber } from '../domain/card-number';
import { type Entry, firstEntry } from '../domain/entry';
import type { PlatformChannel } from '../domain/order';
import { chipKey, chipMac } from '../domain/school-keys';
import { authorizePayment } from '../operations/authorize-payment';
import type { CardChargeDeps } from '../operations/charge-card-fee';
import type { CloseDueDaysDeps } from '../operations/close-due-days';
import type { ExportDeps } from '../operations/export-finance';
import type { PayMerchantsDeps } from '../operations/pay-merchants';
import { reverse } from '../operations/reverse-sale';
import type { CrossCheckDeps } from '../operations/verify-books';
import { type AccountNumbers, createAccountNumbers } from '../store/account-numbers';
import { createAdjustments } from '../store/adjustments';
import { createBalanceSheets } from '../store/balance-sheets';
import { createBankArrivals } from '../store/bank-arrivals';
import { createBooks } from '../store/books';
import { createCardCharges } from '../store/card-charges';
import { createCharts } from '../store/charts';
import { createCloseRuns } from '../store/close-runs';
import { createDayLocks } from '../store/day-locks';
import { createHouseActs } from '../store/house-acts';
import { createMerchants, type Merchant, type Merchants } from '../store/merchants';
import { createPassbook } from '../store/passbook';
import { createPayoutBatches } from '../store/payout-batches';
import { createSchools, type Schools } from '../store/schools';
import { createSettlements } from '../store/settlements';
import type { Database } from '../store/table';
import { createTerminals } from '../store/terminals';
import { SaleFixture } from './sale-fixture';

export type FinanceDeps = CloseDueDaysDeps &
  PayMerchantsDeps &
  CardChargeDeps &
  CrossCheckDeps &
  Omit<ExportDeps, 'writeWorkbook'> & {
    readonly merchants: Merchants;
    readonly schools: Schools;
    readonly accountNumbers: AccountNumbers;
  };

export const SCHOOL = 'shanghaitech';
export const CANTEEN: Merchant = {
  schoolId: SCHOOL,
  merchant: 12,
  name: { zh: '第一食堂', en: 'Canteen 1' },
  legalName: '示例餐饮有限公司',
  feeBasisPoints: 60,
  account: { bankName: '示例银行', accountName: '示例餐饮有限公司', accountNo: '6222000011112222' },
};
export const SHOP: Merchant = { schoolId: SCHOOL, merchant: 13, name: { zh: '超市', en: 'Shop' }, legalName: '示例超市' };
/** Terminal → merchant. */
const TILLS: Readonly<Record<number, number>> = { 7: 12, 8: 12, 9: 13 };

/** A school with two merchants, three tills and cardholders, over any store; its clock is set by the test. */
export class FinanceWorld {
  readonly database: Database;
  readonly till: SaleFixture;
  readonly deps: FinanceDeps;
  reconciled = new Set<string>();
  #sequence = 0;

  constructor(database: Database) {
    this.database = database;
    this.till = new SaleFixture(database, SCHOOL);
    this.deps = this.depsOver(database);
  }

  /** The same world seen through another database: one that fails. */
  depsOver(database: Database): FinanceDeps {
    const backOff = () => new Promise<void>((resolve) => setImmediate(resolve));
    let runs = 0;
    return {
      passbook: createPassbook(database),
      houseActs: createHouseActs(database),
      books: createBooks(database, 40),
      terminals: createTerminals(database),
      merchants: createMerchants(database),
      settlements: createSettlements(database),
      sheets: createBalanceSheets(database),
      locks: createDayLocks(database),
      adjustments: createAdjustments(database),
      arrivals: createBankArrivals(database),
      batches: createPayoutBatches(database),
      cardCharges: createCardCharges(database),
      charts: createCharts(database),
      runs: createCloseRuns(database),
      schools: createSchools(database),
      accountNumbers: createAccountNumbers(database, backOff),
      isReconciled: async (_school, day) => this.reconciled.has(day),
      packOf: async () => this.till.pack,
      clock: () => this.till.now,
      backOff,
      newRunId: () => {
        runs += 1;
        return `run-${runs}`;
      },
    };
  }

  async open(): Promise<this> {
    const merchants = createMerchants(this.database);
    for (const merchant of [CANTEEN, SHOP]) await merchants.save(merchant);
    const terminals = createTerminals(this.database);
    for (const [terminal, merchant] of Object.entries(TILLS)) {
      const publicKey = Buffer.alloc(32, 1).toString('base64');
      await terminals.save({ schoolId: SCHOOL, terminal: Number(terminal), publicKey, merchant, name: terminal, status: 'active' });
    }
    await createSchools(this.database).publish(this.till.pack);
    return this;
  }

  /** Local time at the school. */
  at(day: string, time: string): void {
    this.till.now = Date.parse(`${day}T${time}:00+08:00`);
  }

  async account(): Promise<number> {
    const accountNo = await this.deps.accountNumbers.lease(SCHOOL, 1);
    const { now: recordedAt, pack } = this.till;
    const draft = openedDraft({ occurredAt: recordedAt, cardIssue: 1 });
    await this.till.passbook.append(
      firstEntry({ schoolId: SCHOOL, accountNo, draft, recordedAt, utcOffsetMinutes: pack.utcOffsetMinutes }),
    );
    return accountNo;
  }

  topUp(accountNo: number, amount: number, channel: PlatformChannel = 'wechat-pay', paidAt = this.till.now): Promise<Entry> {
    this.#sequence += 1;
    const credit = { orderNo: `order${this.#sequence}`, channel, amountFen: fen(amount), paidAt, recordedAt: this.till.now };
    return this.till.change(accountNo, (head) => topUpDraft(head, credit, this.till.pack));
  }

  /** Till 7 and 8 are the canteen's, 9 is the shop's. */
  async charge(accountNo: number, amountFen: number, terminal = 7): Promise<Entry> {
    this.#sequence += 1;
    const sequence = this.#sequence;
    const card = writeCardNumber({ accountNo, issue: 1 });
    const mac = chipMac(chipKey(this.till.keys, card), { schoolId: SCHOOL, terminal, sequence, amountFen, counter: sequence });
    const chip = { counter: sequence, mac };
    const body: SaleBody = { kind: 'charge-card', schoolId: SCHOOL, terminal, sequence, amountFen, occurredAt: this.till.now, card, chip };
    const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    const { pack, keys } = this.till;
    const answer = await authorizePayment(this.till.deps, { body, bodyHash, attempt: 1, merchant: TILLS[terminal] ?? 0, pack, keys });
    if (answer.outcome !== 'charged') throw new Error(`not charged: ${JSON.stringify(answer)}`);
    return answer.entry;
  }

  takeBack(sale: Entry): Promise<Entry> {
    const { pack, deps } = this.till;
    return reverse(deps, { sale, kind: 'void', entryId: `${sale.entryId}-void`, amountFen: 'rest', pack });
  }

  /** A sale that turns up in the book of a day long after it: what a clock far behind, or a store that lags, can make. */
  async chargeInto(day: string, accountNo: number, amountFen: number): Promise<Entry> {
    this.#sequence += 1;
    const id = `7-${this.#sequence}`;
    return this.till.change(accountNo, (head) => ({
      kind: 'charge',
      entryId: id,
      postings: [
        { leg: 'card', amountFen: fen(-amountFen) },
        { leg: 'merchant:12', amountFen: fen(amountFen) },
      ],
      counterparty: { book: `terminal/7/${day}`, place: id },
      merchant: 12,
      occurredAt: Date.parse(`${day}T12:00:00+08:00`),
      state: { ...head.state, balances: { ...head.state.balances, card: fen(head.state.balances.card - amountFen) } },
    }));
  }

  /** Two students, top-ups of both platforms, sales at all tills, one taken back; an hour after another from 11:00. */
  async usualDay(day: string, [first, second]: readonly [number, number]): Promise<void> {
    this.at(day, '11:00');
    await this.topUp(first, 10_000, 'wechat-pay');
    await this.topUp(second, 8_000, 'alipay');
    this.at(day, '12:00');
    await this.charge(first, 1_250, 7);
    const mistake = await this.charge(second, 990, 8);
    this.at(day, '12:01');
    await this.takeBack(mistake);
    await this.charge(second, 560, 9);
  }
}
