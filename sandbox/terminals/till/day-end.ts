import { createHash } from 'node:crypto';
import type { MachineWorld } from '../machine';
import { type Heard, isRecord } from './answers';
import type { Journal } from './journal';
import type { Forward, JournalSale, Statement, Totals } from './memory';
import type { Sender, TillIdentity } from './sender';

/** A line with its hash is some 150 bytes, and a part holds 64 KB at most. */
const LINES_A_PART = 400;
/** Between two sendings of a part that was not answered. */
const AGAIN_MS = 5_000;

/** A sale, or one made by pass without a network. */
type Stateable = JournalSale | Forward;
type StatedOutcome = NonNullable<JournalSale['stated']>;

/**
 * Tells the server what was sold on a day, in parts. A part is written with the marks on its sales before it is sent, and sent with the same
 * bytes until it is answered: the till never says two things of one sale.
 */
export class DayEnd {
  readonly #identity: TillIdentity;
  readonly #world: MachineWorld;
  readonly #journal: Journal;
  readonly #sender: Sender;
  #triedAt = 0;

  constructor(identity: TillIdentity, world: MachineWorld, journal: Journal, sender: Sender) {
    this.#identity = identity;
    this.#world = world;
    this.#journal = journal;
    this.#sender = sender;
  }

  of(day: string): Statement | undefined {
    return this.#journal.memory.statements.find((statement) => statement.day === day);
  }

  /** Sales of the day whose end is not known: with one of them the day is closed only if they are stated as unknown. */
  openOf(day: string): readonly JournalSale[] {
    return this.#journal.unsettled().filter((sale) => sale.day === day && sale.stated === undefined);
  }

  /** What has been decided so far, up to the oldest sale that has not. */
  async stateSoFar(day: string): Promise<Statement> {
    const open = this.openOf(day)[0]?.sequence ?? Number.POSITIVE_INFINITY;
    return this.#state(day, { upTo: open, closing: false });
  }

  /** Everything, open sales as unknown; after it the till sells nothing more on that day. */
  async close(day: string): Promise<Statement> {
    return this.#state(day, { upTo: Number.POSITIVE_INFINITY, closing: true });
  }

  /** What is written already, once more. */
  resend(day: string): Promise<Statement> {
    return this.#sendParts(day);
  }

  async tick(): Promise<void> {
    const unfinished = this.#journal.memory.statements.find((statement) => isUnfinished(statement) && statement.refusal === undefined);
    if (unfinished === undefined || this.#sender.now() - this.#triedAt < AGAIN_MS) return;
    await this.#sendParts(unfinished.day);
  }

  async #state(day: string, { upTo, closing }: { readonly upTo: number; readonly closing: boolean }): Promise<Statement> {
    const known = this.of(day) ?? { day, ackedSeq: 0, parts: [], totals: { count: 0, amountFen: 0 }, closing: false };
    if (!known.closing && !isUnfinished(known)) {
      const { sales, forwards } = this.#journal.memory;
      const toState = [...sales, ...forwards.filter(({ purpose }) => purpose === 'pass')]
        .filter((one) => one.day === day && one.stated === undefined && one.sequence < upTo)
        .sort((a, b) => a.sequence - b.sequence);
      if (closing || toState.length > 0) {
        await this.#world.step?.('batch.write');
        this.#write(known, toState, closing);
      }
    }
    return this.#sendParts(day);
  }

  #write(known: Statement, toState: readonly Stateable[], closing: boolean): void {
    const { schoolId, terminal } = this.#identity;
    const chunks = chunked(toState, LINES_A_PART);
    if (chunks.length === 0) chunks.push([]);
    let { ackedSeq, totals } = known;
    const parts = [...known.parts];
    for (const [index, chunk] of chunks.entries()) {
      const fromSequence = parts.length > 0 ? ackedSeq + 1 : (chunk[0]?.sequence ?? this.#journal.memory.nextSequence);
      const lines = chunk.map(lineOf);
      const ofPart = totalsOf(lines);
      totals = { count: totals.count + ofPart.count, amountFen: totals.amountFen + ofPart.amountFen };
      ackedSeq = chunk.at(-1)?.sequence ?? fromSequence - 1;
      const part = parts.length + 1;
      const isLast = closing && index === chunks.length - 1;
      const body = {
        ...{ schoolId, terminal, day: known.day, part, fromSequence, ackedSeq, lines, totals: ofPart, closed: isLast },
        ...(isLast ? { dayTotals: totals } : {}),
      };
      parts.push({ part, body: JSON.stringify(body), attempts: 0, answered: false });
    }
    const { refusal: _earlier, ...rest } = known;
    const statement = { ...rest, ackedSeq, totals, parts, closing };
    const stated = new Map(toState.map((one) => [one.sequence, statedAs(one)]));
    const { memory } = this.#journal;
    this.#journal.change({
      statements: [...memory.statements.filter(({ day }) => day !== known.day), statement],
      sales: memory.sales.map((sale) => {
        const outcome = stated.get(sale.sequence);
        return outcome === undefined ? sale : { ...sale, stated: outcome };
      }),
      forwards: memory.forwards.map((item) => (stated.has(item.sequence) ? { ...item, stated: true } : item)),
    });
  }

  async #sendParts(day: string): Promise<Statement> {
    this.#triedAt = this.#sender.now();
    for (;;) {
      const statement = this.of(day) ?? { day, ackedSeq: 0, parts: [], totals: { count: 0, amountFen: 0 }, closing: false };
      const next = statement.parts.find(({ answered }) => !answered);
      if (next === undefined) return statement;
      const counted = { ...next, attempts: next.attempts + 1 };
      this.#put(withPart(statement, counted));
      const { body, attempts: attempt } = counted;
      const heard = await this.#sender.send({ purpose: 'batch', path: '/terminal/batches', body, attempt });
      const told = after(withPart(statement, counted), counted.part, heard);
      this.#put(told);
      if (told.parts.some(({ part, answered }) => part === counted.part && !answered)) return told;
    }
  }

  #put(statement: Statement): void {
    this.#journal.change({ statements: this.#journal.memory.statements.map((one) => (one.day === statement.day ? statement : one)) });
  }
}

/** A difference says which sequence, so that a cashier can find the receipt. */
function after(statement: Statement, part: number, heard: Heard): Statement {
  if (heard.kind === 'refused') return { ...statement, refusal: heard.refusal };
  if (heard.kind === 'nothing' || heard.status >= 300) return statement;
  const parts = statement.parts.map((one) => (one.part === part ? { ...one, answered: true } : one));
  const { refusal: _earlier, ...plain } = statement;
  const { book, differences } = heard.body;
  return {
    ...plain,
    parts,
    ...(isRecord(book) ? { book: { count: Number(book.count) || 0, amountFen: Number(book.amountFen) || 0 } } : {}),
    ...(Array.isArray(differences) ? { differences: differences.map(differenceText) } : {}),
  };
}

function differenceText(difference: unknown): string {
  if (!isRecord(difference)) return String(difference);
  return [difference.sequence, difference.kind].filter((part) => part !== undefined).join(' ');
}

function withPart(statement: Statement, part: Statement['parts'][number]): Statement {
  return { ...statement, parts: statement.parts.map((one) => (one.part === part.part ? part : one)) };
}

export function isUnfinished({ parts }: Pick<Statement, 'parts'>): boolean {
  return parts.some(({ answered }) => !answered);
}

/** Goods sold by pass were handed out, whatever the server will say of the pass. */
function statedAs(one: Stateable): StatedOutcome {
  if (one.state === 'charged' || 'key' in one) return 'sold';
  if (one.state === 'open' || one.state === 'unknown') return 'unknown';
  return one.state === 'voided' ? 'voided' : 'refused';
}

function lineOf(one: Stateable) {
  const { sequence, amountFen, body } = one;
  // What the server charged: by identity it may be another price than the one on the display.
  const charged = 'result' in one ? one.result?.amountFen : undefined;
  const requestHash = createHash('sha256').update(body).digest('hex');
  return { sequence, amountFen: charged || amountFen, outcome: statedAs(one), requestHash };
}

function totalsOf(lines: readonly { readonly amountFen: number; readonly outcome: StatedOutcome }[]): Totals {
  const sold = lines.filter(({ outcome }) => outcome === 'sold');
  return { count: sold.length, amountFen: sold.reduce((total, { amountFen }) => total + amountFen, 0) };
}

function chunked<Item>(items: readonly Item[], size: number): Item[][] {
  const chunks: Item[][] = [];
  for (let from = 0; from < items.length; from += size) chunks.push(items.slice(from, from + size));
  return chunks;
}
