import type { Bilingual } from '../../shared/rule-pack';
import { businessDay, CHINA_OFFSET_MINUTES } from '../../shared/time';
import type { MachineWorld } from './machine';
import type { CardChip } from './physical-card';
import { type PinKey, sealPin } from './seal-pin';
import { type AskedAs, settle } from './till/answers';
import { afterNoEnd, isDue } from './till/back-off';
import { DayEnd } from './till/day-end';
import { Forwarder } from './till/forwarder';
import { isUnsettled, Journal } from './till/journal';
import { type Forward, type JournalSale, paidFen, type Refusal } from './till/memory';
import { pathOf, routeOf, saleBytes, type Wish } from './till/requests';
import { Sender, type TillIdentity } from './till/sender';

export interface PosIdentity extends TillIdentity {
  /** Of the school's zone, which its business days follow; that of China where absent. */
  readonly utcOffsetMinutes?: number;
  /** Where a till whose memory is empty begins to count: 1 where absent. */
  readonly firstSequence?: number;
}

/** What the cashier is told. `charged`, `not-charged` and `voided` are final; `unknown` means: hand out nothing, the till goes on asking. */
export interface PosAnswer {
  readonly sequence: number;
  readonly outcome: 'charged' | 'not-charged' | 'voided' | 'unknown';
  readonly definite: boolean;
  readonly pending: boolean;
  readonly amountFen: number;
  readonly claimedFen: number;
  readonly cardFen: number | null;
  readonly code: string | null;
  readonly messageZh: string;
  readonly messageEn: string;
  readonly tookMs: number;
}

/** Who gives back what, with the supervisor's password as it was typed. */
export interface RefundWish {
  readonly of: number;
  readonly amountFen: number;
  readonly supervisor: string;
  readonly pin: { readonly digits: string; readonly key: PinKey };
}

/** The till itself will not begin or take back a sale: nothing was sent. */
export class TillRefusal extends Error {
  readonly text: Bilingual;

  constructor(text: Bilingual) {
    super(text.en);
    this.name = 'TillRefusal';
    this.text = text;
  }
}

/** Sales without a known end that may stand open together: a queue moves on, and the list stays one that a cashier can read. */
export const MAX_OPEN = 5;

const NO_ANSWER: Refusal = { code: '', zh: '没有收到应答，本机会自动查询', en: 'No answer came; the till goes on asking.' };

/**
 * A till in a canteen. It writes a sale down before it sends it, and asks with the same bytes until the answer is definite, also after a power
 * cut. While older sales are being asked about, the next customer is served.
 */
export class Pos {
  readonly identity: PosIdentity;
  readonly journal: Journal;
  readonly sender: Sender;
  readonly dayEnd: DayEnd;
  readonly forwarder: Forwarder;
  readonly #world: MachineWorld;
  /** Sales with a request on its way: one at a time each. */
  readonly #asking = new Set<number>();

  constructor(identity: PosIdentity, world: MachineWorld) {
    this.identity = identity;
    this.#world = world;
    this.journal = new Journal(world, identity.firstSequence ?? 1);
    this.sender = new Sender(identity, world, this.journal);
    this.dayEnd = new DayEnd(identity, world, this.journal, this.sender);
    this.forwarder = new Forwarder(world, this.journal, this.sender);
  }

  get schoolId(): string {
    return this.identity.schoolId;
  }

  /** The last sale, open or ended. */
  get last(): JournalSale | undefined {
    return this.journal.last;
  }

  today(): string {
    return businessDay(this.sender.now(), this.identity.utcOffsetMinutes ?? CHINA_OFFSET_MINUTES);
  }

  chargeCode(amountFen: number, code: string): Promise<PosAnswer> {
    return this.charge({ amountFen, means: { by: 'code', code } });
  }

  chargeCard(amountFen: number, chip: CardChip): Promise<PosAnswer> {
    return this.charge({ amountFen, means: { by: 'card', chip } });
  }

  /** @throws TillRefusal, before anything is written */
  async charge(wish: Wish): Promise<PosAnswer> {
    const route = routeOf(wish);
    this.#mayBegin(route.payer);
    const sequence = this.journal.memory.nextSequence;
    const occurredAt = this.sender.now();
    await this.#world.step?.('sale.write');
    this.journal.begin({
      ...{ sequence, ...route, amountFen: wish.amountFen, occurredAt, body: saleBytes(this.identity, sequence, occurredAt, wish) },
      ...{ day: this.today(), shift: this.journal.shift?.number ?? 0 },
      ...{ attempts: 0, wants: 'charge', state: 'open', pending: false, tries: 0, dueAt: occurredAt },
    });
    return this.#ask(sequence, 'charge');
  }

  /** @throws TillRefusal once the day has been closed: what is sold then could not be stated */
  checkDay(): void {
    if (this.dayEnd.of(this.today())?.closing)
      throw new TillRefusal({ zh: '本日已日结，不能再收款', en: 'This day is closed: no more sales today.' });
  }

  #mayBegin(payer: string): void {
    this.checkDay();
    const open = this.journal.memory.sales.filter(({ state }) => state === 'open');
    if (open.some((sale) => sale.payer === payer))
      throw new TillRefusal({ zh: '此人上一笔未定，请勿重复收款', en: 'The last sale of this payer is still open: do not take it again.' });
    if (open.length >= MAX_OPEN)
      throw new TillRefusal({ zh: `已有 ${MAX_OPEN} 笔未定，请先处理`, en: `${MAX_OPEN} sales are open: end them first.` });
  }

  /** The same bytes once more, while the customer stands there. */
  async retry(sequence = this.#lastSequence()): Promise<PosAnswer> {
    const sale = this.#sale(sequence);
    return isUnsettled(sale) && sale.wants === 'charge' ? this.#ask(sequence, 'charge') : tell(sale, 0);
  }

  async query(sequence = this.#lastSequence()): Promise<PosAnswer> {
    const sale = this.#sale(sequence);
    if (!isUnsettled(sale)) return tell(sale, 0);
    return this.#ask(sequence, sale.wants === 'void' ? 'void' : 'query');
  }

  /** The customer left, or gives back: from here on the till asks until no money is taken. @throws TillRefusal */
  async void(sequence = this.#lastSequence()): Promise<PosAnswer> {
    const sale = this.#sale(sequence);
    if (sale.state === 'not-charged' || sale.state === 'voided') return tell(sale, 0);
    if (sale.stated === 'sold')
      throw new TillRefusal({ zh: '已上传明细，请由主管退款', en: 'It has been stated as sold: ask a supervisor for a refund.' });
    await this.#world.step?.('void.write');
    this.journal.put({ ...sale, wants: 'void', state: 'open', tries: 0, dueAt: this.sender.now() });
    return this.#ask(sequence, 'void');
  }

  /** A cashier has looked at how a sale ended that nobody knew of. */
  seen(sequence: number): void {
    const { attention: _looked, ...sale } = this.#sale(sequence);
    if (!isUnsettled(sale)) this.journal.put(sale);
  }

  openShift(cashier: string): void {
    const { shifts } = this.journal.memory;
    if (this.journal.shift !== undefined) return;
    this.journal.change({ shifts: [...shifts, { number: (shifts.at(-1)?.number ?? 0) + 1, cashier, openedAt: this.sender.now() }] });
  }

  closeShift(): void {
    const { shifts } = this.journal.memory;
    this.journal.change({
      shifts: shifts.map((shift) => (shift.closedAt === undefined ? { ...shift, closedAt: this.sender.now() } : shift)),
    });
  }

  pendingRefunds(): readonly Forward[] {
    return this.forwarder.waiting().filter(({ purpose }) => purpose === 'refund');
  }

  /** By a supervisor, of a sale that this till knows to be charged. @throws TillRefusal */
  async refund({ of, amountFen, supervisor, pin }: RefundWish): Promise<Forward> {
    const sale = this.journal.sale(of);
    if (sale?.state !== 'charged') throw new TillRefusal({ zh: '没有这笔已扣款的收款', en: 'There is no charged sale of that number.' });
    if (this.pendingRefunds().some((item) => item.of === of))
      throw new TillRefusal({ zh: '上一次退款未确认，请勿再退', en: 'The last refund of it is not confirmed: do not refund it again.' });
    const { schoolId, terminal } = this.identity;
    const sequence = this.journal.memory.nextSequence;
    const occurredAt = this.sender.now();
    const place = { schoolId, terminal, sequence };
    const named = { terminal, sequence: of, day: sale.day, amountFen: paidFen(sale) };
    const body = JSON.stringify({ ...place, occurredAt, sale: named, amountFen, supervisor, pin: sealPin(pin.digits, pin.key, place) });
    const key = `refund-${sequence}`;
    const item = { key, sequence, of, purpose: 'refund', path: '/terminal/refunds', body, amountFen } as const;
    await this.forwarder.forward(item, { occurredAt, day: this.today() });
    const told = await this.forwarder.now(key);
    if (told === undefined) throw new Error('a refund that was kept is gone');
    return told;
  }

  /**
   * Asks about whatever is due, oldest first and one at a time; called by a timer. It only ever queries or voids: a sale whose customer may
   * have gone is never charged by the till on its own.
   */
  async tick(): Promise<void> {
    for (const { sequence } of this.journal.unsettled()) {
      const sale = this.journal.sale(sequence);
      if (sale === undefined || this.#asking.has(sequence) || !isDue(sale, this.sender.now())) continue;
      await this.#ask(sequence, sale.wants === 'void' ? 'void' : 'query');
      // With no network the others have no better luck.
      if (this.sender.offline) return;
    }
    await this.forwarder.tick();
    await this.dayEnd.tick();
  }

  async #ask(sequence: number, asked: AskedAs): Promise<PosAnswer> {
    if (this.#asking.has(sequence)) return tell(this.#sale(sequence), 0);
    this.#asking.add(sequence);
    const began = this.#world.clock();
    try {
      const sale = this.#sale(sequence);
      const { attempts } = this.journal.put({ ...sale, attempts: sale.attempts + 1 });
      const heard = await this.sender.send({ purpose: asked, path: pathOf(sale.door, asked), body: sale.body, attempt: attempts });
      // Read anew: the customer may have left meanwhile.
      const settled = settle(this.#sale(sequence), asked, heard);
      const kept = this.journal.put(this.#marked(settled, heard.kind === 'nothing'));
      return tell(kept, this.#world.clock() - began, heard.kind === 'nothing');
    } finally {
      this.#asking.delete(sequence);
    }
  }

  #marked(sale: JournalSale, unheard: boolean): JournalSale {
    if (sale.state === 'voided') return { ...sale, voidShift: sale.voidShift ?? this.journal.shift?.number ?? 0 };
    if (!isUnsettled(sale)) return sale;
    return { ...afterNoEnd(sale, this.sender.now()), ...(unheard ? { attention: true } : {}) };
  }

  #sale(sequence: number): JournalSale {
    const sale = this.journal.sale(sequence);
    if (sale === undefined) throw new Error('there is no such sale');
    return sale;
  }

  #lastSequence(): number {
    if (this.last === undefined) throw new Error('there is no sale to ask about');
    return this.last.sequence;
  }
}

function tell(sale: JournalSale, tookMs: number, unheard = false): PosAnswer {
  const { sequence, state, result, refusal, pending } = sale;
  const open = isUnsettled(sale);
  const reason = unheard && open ? NO_ANSWER : state === 'charged' || state === 'voided' ? undefined : refusal;
  return {
    ...{ sequence, pending, tookMs, amountFen: result?.amountFen || sale.amountFen, claimedFen: result?.claimedFen ?? 0 },
    outcome: state === 'open' ? 'unknown' : state,
    definite: !open,
    cardFen: result?.cardFen ?? null,
    code: reason === undefined || reason.code === '' ? null : reason.code,
    messageZh: reason?.zh ?? '',
    messageEn: reason?.en ?? '',
  };
}
