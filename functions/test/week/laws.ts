import type { Fen } from '../../../shared/money';
import { businessDay, DAY_MS } from '../../../shared/time';
import { dayClosesAt } from '../../domain/book-day';
import type { Entry } from '../../domain/entry';
import { addPostings, isBalanced, type LegSums, tidy } from '../../domain/finance/leg-sums';
import type { Order, PlatformChannel } from '../../domain/order';
import type { PayOut } from '../../domain/pay-out';
import { verifyPassbook } from '../../domain/verify-passbook';
import { crossCheckHeads, verifyBooks } from '../../operations/verify-books';
import { fromItem } from '../../store/entry-item';
import { createNotices } from '../../store/notices';
import type { DifferenceRow } from '../../store/reconciliations';
import type { Item } from '../../store/table';
import { SCHOOL } from '../finance-world';
import { Broken } from '../simulation/broken';
import type { Agenda } from './agenda';
import { CHANNELS } from './channels';
import type { Office } from './office';
import { KEEPERS, type Platforms } from './platforms';

const CHINA_MINUTES = 480;
const FINAL: readonly string[] = ['balanced', 'healed'];

/** What must be so, looked at in what lies in the store and in what the platforms wrote down; never in what an operation answered. */
export class Laws {
  readonly #agenda: Agenda;
  readonly #office: Office;
  readonly #platforms: Platforms;
  /** A stored entry never changes, so each is read once. */
  readonly #read = new Map<Item, Entry>();

  constructor(parts: { readonly agenda: Agenda; readonly office: Office; readonly platforms: Platforms }) {
    this.#agenda = parts.agenda;
    this.#office = parts.office;
    this.#platforms = parts.platforms;
  }

  /** Right after the closing: the sheet of the day is what all entries dated up to it say, and nothing came into a day that was closed. */
  async daySums(day: string): Promise<void> {
    const sheet = await this.#office.finance.deps.sheets.find(SCHOOL, day);
    must(sheet !== undefined, `${day} has no balance sheet`);
    const sums: Record<string, Fen> = {};
    for (const entry of this.entries()) if ((bookDayOf(entry) ?? '9') <= day) addPostings(sums, entry.postings);
    must(
      same(tidy(sums), sheet.closing),
      `the sheet of ${day} is not what the entries say: ${text(sheet.closing)} and ${text(tidy(sums))}`,
    );
    must(isBalanced(sheet.closing), `the sheet of ${day} does not sum to zero`);
    must(Object.keys(sheet.corrections).length === 0, `entries came into days that were closed: ${text(sheet.corrections)}`);
  }

  /** At any time. */
  always(): void {
    this.#datesOfEntries();
    this.#nothingTwice();
  }

  /** Every morning, when the bill of `yesterday` has been reconciled. */
  async morning(yesterday: string): Promise<void> {
    this.always();
    const orders = await this.#orders();
    const payOuts = await this.#payOuts();
    this.#lots(orders, payOuts);
    await this.#paidIsCreditedOrRefunded(yesterday, orders, payOuts);
    this.#noneLeftOpen(orders, 3 * DAY_MS);
    await this.#healedIsTold();
    const { deps } = this.#office.finance;
    this.#office.model.catchUp();
    const heads = await crossCheckHeads(deps, SCHOOL);
    must(heads.equal, `the heads are not what the books say: ${text(heads.legs)}`);
    const verified = await verifyBooks(deps, SCHOOL, yesterday);
    must(verified.sound && verified.faults.length === 0, `the sheets do not hold: ${text(verified.faults)}`);
  }

  /** When the week is over and everybody has been asked. */
  async end(lastDay: string, firstDay: string): Promise<void> {
    await this.morning(lastDay);
    const orders = await this.#orders();
    this.#noneLeftOpen(orders, 0);
    for (const payOut of await this.#payOuts()) {
      must(payOut.state === 'succeeded' || payOut.state === 'returned', `the refund ${payOut.payOutNo} never ended: ${payOut.state}`);
    }
    for (let day = firstDay; day <= lastDay; day = nextDay(day)) {
      for (const channel of CHANNELS) {
        const record = await this.#office.reconcileDeps.reconciliations.find(SCHOOL, channel, day);
        must(record !== undefined && FINAL.includes(record.state), `${channel} of ${day} is called ${record?.state} at the end`);
      }
    }
    this.#platformsAgree();
    this.#passbooks();
  }

  *entries(): Iterable<Entry> {
    for (const item of this.#office.model.all('passbook')) {
      let entry = this.#read.get(item);
      if (entry === undefined) {
        entry = fromItem(item);
        this.#read.set(item, entry);
      }
      yield entry;
    }
  }

  /** An entry stands in the book of the day it happened, or, once that is closed, of the day it was recorded, marked late. */
  #datesOfEntries(): void {
    for (const entry of this.entries()) {
      const day = bookDayOf(entry);
      if (day === undefined) {
        must(entry.postings.length === 0, `${place(entry)} moves money in no book`);
        continue;
      }
      must(entry.recordedAt < dayClosesAt(day, CHINA_MINUTES), `${place(entry)} was written into the closed ${day}`);
      const happened = businessDay(entry.occurredAt);
      if (entry.late === true) {
        must(entry.recordedAt >= dayClosesAt(happened, CHINA_MINUTES), `${place(entry)} is called late and is not`);
        must(day === businessDay(entry.recordedAt), `${place(entry)} is late and not dated to its recording`);
      } else must(day === happened, `${place(entry)} is dated to ${day} and happened on ${happened}`);
    }
  }

  /** No order is credited twice, no refund is taken, returned or booked twice, and none of another amount than the platform has. */
  #nothingTwice(): void {
    const seen = new Set<string>();
    for (const entry of this.entries()) {
      if (!['top-up', 'refund', 'refund-returned', 'suspense', 'suspense-cleared'].includes(entry.kind)) continue;
      const key = `${entry.kind} ${entry.entryId}`;
      must(!seen.has(key), `twice: ${key}`);
      seen.add(key);
      if (entry.kind !== 'top-up') continue;
      const paidFen = this.#paidFen(entry.entryId);
      must(paidFen !== undefined, `${entry.entryId} is credited and was never paid`);
      const credited = entry.postings.find(({ leg }) => leg.startsWith('channel:'))?.amountFen ?? 0;
      must(-credited === paidFen, `${entry.entryId} is credited with ${-credited} of ${paidFen} fen`);
    }
  }

  /** Lots are never negative, never more than was paid, and what left them is what was refunded and did not come back. */
  #lots(orders: ReadonlyMap<string, Order>, payOuts: readonly PayOut[]): void {
    const given = new Map<string, number>();
    for (const { to, state, amountFen } of payOuts) {
      if (state === 'returned' || !('orderNo' in to) || to.orderNo === undefined) continue;
      given.set(to.orderNo, (given.get(to.orderNo) ?? 0) + amountFen);
    }
    for (const order of orders.values()) {
      if (order.state !== 'credited') continue;
      const { remainingFen } = order.credit;
      must(remainingFen >= 0 && remainingFen <= order.amountFen, `the lot of ${order.orderNo} holds ${remainingFen} of ${order.amountFen}`);
      const gone = given.get(order.orderNo) ?? 0;
      must(remainingFen === order.amountFen - gone, `of ${order.orderNo} ${gone} fen were refunded and ${remainingFen} are left`);
    }
  }

  /** Every payment that a reconciled bill can have: credited once or on its way back to its payer, never both, never neither. */
  async #paidIsCreditedOrRefunded(until: string, orders: ReadonlyMap<string, Order>, payOuts: readonly PayOut[]): Promise<void> {
    const refunded = new Map(payOuts.flatMap((payOut) => ('orderNo' in payOut.to ? [[payOut.to.orderNo, payOut] as const] : [])));
    for (const channel of CHANNELS) {
      for (const line of this.#platforms.sandbox.state.journal[KEEPERS[channel]]) {
        if (line.kind !== 'payment' || businessDay(line.at) > until) continue;
        const order = orders.get(line.orderNo);
        if (order !== undefined)
          must(order.state === 'credited', `${line.orderNo} was paid on ${businessDay(line.at)} and is ${order.state}`);
        else must(refunded.get(line.orderNo)?.amountFen === line.orderFen, `the orphan ${line.orderNo} was not refunded`);
      }
    }
  }

  #noneLeftOpen(orders: ReadonlyMap<string, Order>, age: number): void {
    for (const { orderNo, state, createdAt } of orders.values()) {
      if (createdAt > this.#agenda.now - age) continue;
      must(state === 'credited' || state === 'closed', `${orderNo} is ${state} long after its time`);
    }
  }

  /** Whatever reconciliation healed stands in its record and in the inbox of the student it concerns: once. */
  async #healedIsTold(): Promise<void> {
    const notices = createNotices(this.#office.model);
    for (const row of this.differences()) {
      if (row.act !== 'credit' || row.actState !== 'done') continue;
      const order = await this.#office.deps.orders.find(SCHOOL, row.orderNo);
      must(order?.state === 'credited', `${row.orderNo} is called healed and is ${order?.state}`);
      const told = (await notices.ofAccount(SCHOOL, order.accountNo, { limit: 500 })).notices.filter(({ about }) => about === row.orderNo);
      must(told.length === 1, `of ${row.orderNo}, healed by the bill, its student is told ${told.length} times`);
      must(told[0]?.amountFen === order.amountFen && told[0]?.kind === 'order-credited', `its student is told wrongly of ${row.orderNo}`);
    }
  }

  /** Rows of differences as they lie in the store. */
  differences(): readonly DifferenceRow[] {
    const found: DifferenceRow[] = [];
    // Written by the store's own toItem; only names that stand there are read.
    for (const item of this.#office.model.all('records'))
      if (String(item.pk).startsWith(`${SCHOOL}#DIFFERENCE#`)) found.push(item as unknown as DifferenceRow);
    return found;
  }

  /** What payers paid less what they got back is what our books say of each platform; the bank's payouts likewise. */
  #platformsAgree(): void {
    const legs: Record<string, Fen> = {};
    for (const entry of this.entries()) addPostings(legs, entry.postings);
    for (const channel of CHANNELS) {
      const has = this.#atPlatform(channel);
      const books = -(legs[`channel:${channel}`] ?? 0);
      must(has === books, `${channel} has ${has} fen of ours and the books say ${books}`);
    }
    const paid = [...this.#office.bankPaid.values()].reduce((total, amountFen) => total + amountFen, 0);
    must((legs['channel:bank-card'] ?? 0) === paid, `the bank paid out ${paid} fen and the books say ${legs['channel:bank-card'] ?? 0}`);
    must((legs.suspense ?? 0) === 0, `${legs.suspense} fen are left in suspense`);
  }

  #atPlatform(channel: PlatformChannel): number {
    const { state } = this.#platforms.sandbox;
    const now = this.#agenda.now;
    const arrived = (refund: { readonly settledAt: number | null; readonly outcome: string }) =>
      refund.outcome === 'SUCCESS' && refund.settledAt !== null && refund.settledAt <= now;
    const paid = state.journal[KEEPERS[channel]].filter(({ kind }) => kind === 'payment').reduce((total, line) => total + line.orderFen, 0);
    const refunds =
      channel === 'alipay' ? Object.values(state.alipayTrades).flatMap((trade) => trade.refunds) : Object.values(state.wechatRefunds);
    return paid - refunds.filter(arrived).reduce((total, { refundFen }) => total + refundFen, 0);
  }

  #passbooks(): void {
    const books = new Map<number, Entry[]>();
    for (const entry of this.entries()) books.set(entry.accountNo, [...(books.get(entry.accountNo) ?? []), entry]);
    for (const [accountNo, entries] of books) {
      const faults = verifyPassbook(entries.sort((a, b) => a.n - b.n));
      must(faults.length === 0, `the passbook ${accountNo}: ${text(faults)}`);
    }
  }

  #paidFen(orderNo: string): number | undefined {
    const { wechatOrders, alipayTrades } = this.#platforms.sandbox.state;
    const paid = wechatOrders[orderNo] ?? alipayTrades[orderNo];
    return paid === undefined || paid.paidAt === null ? undefined : paid.totalFen;
  }

  async #orders(): Promise<ReadonlyMap<string, Order>> {
    const found = new Map<string, Order>();
    for (const orderNo of this.#numbers('ORDER')) {
      const order = await this.#office.deps.orders.find(SCHOOL, orderNo);
      if (order !== undefined) found.set(orderNo, order);
    }
    return found;
  }

  async #payOuts(): Promise<readonly PayOut[]> {
    const found = await Promise.all(this.#numbers('PAY-OUT').map((payOutNo) => this.#office.deps.payOuts.find(SCHOOL, payOutNo)));
    return found.flatMap((payOut) => (payOut === undefined ? [] : [payOut]));
  }

  /** Of rows whose key is "school#KIND#number", with the kind itself as sort key. */
  #numbers(kind: 'ORDER' | 'PAY-OUT'): readonly string[] {
    const head = `${SCHOOL}#${kind}#`;
    const numbers: string[] = [];
    for (const { pk, sk } of this.#office.model.all('records'))
      if (sk === kind && String(pk).startsWith(head)) numbers.push(String(pk).slice(head.length));
    return numbers;
  }
}

function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Broken(otherwise);
}

/** "2026-11-21" of "channel/wechat-pay/2026-11-21/3" and of "terminal/7/2026-11-21". */
function bookDayOf({ counterparty }: Entry): string | undefined {
  return /\/(\d{4}-\d\d-\d\d)(?:\/|$)/.exec(counterparty?.book ?? '')?.[1];
}

function nextDay(day: string): string {
  return businessDay(Date.parse(`${day}T12:00:00+08:00`) + DAY_MS);
}

function place({ accountNo, n, kind }: Entry): string {
  return `entry ${accountNo}/${n} (${kind})`;
}

function same(a: LegSums, b: LegSums): boolean {
  return text(a) === text(b);
}

function text(value: unknown): string {
  return JSON.stringify(value).slice(0, 600);
}
