import { createHash } from 'node:crypto';
import type { Entry } from '../../domain/entry';
import { isBalance } from '../../domain/posting';
import { rebuild, verifyPassbook } from '../../domain/verify-passbook';
import { createBooks } from '../../store/books';
import { fromItem, passbookKey } from '../../store/entry-item';
import { checkApps } from './app-check';
import { Broken } from './broken';
import type { SaleRecord } from './records';
import type { SimulationResult } from './result';
import type { World } from './world';

/** After everybody has asked and every index has caught up, the sums of all sides must agree. Throws Broken. */
export async function checkEnd(world: World): Promise<SimulationResult> {
  const entries = [...world.watch.accounts].flatMap(([accountNo]) => checkPassbook(world, accountNo));
  checkSales(world, entries);
  checkMoney(world, entries);
  await checkBooks(world, entries);
  await checkApps(world);
  const digest = createHash('sha256').update(JSON.stringify(entries.map((entry) => [entry.accountNo, entry.n, entry.previousHash])));
  return {
    operations: world.operations,
    entries: entries.length,
    charges: entries.filter(({ kind }) => kind === 'charge').length,
    fences: entries.filter(({ kind }) => kind === 'fence').length,
    digest: digest.update(String(world.scheduler.now)).digest('hex'),
  };
}

/** The passbook as it lies in the store: whole, unaltered, and the same as was watched being written. */
function checkPassbook(world: World, accountNo: number): readonly Entry[] {
  const entries = world.model.partition('passbook', passbookKey(world.pack.schoolId, accountNo)).map(fromItem);
  const faults = verifyPassbook(entries);
  if (faults.length > 0) throw new Broken(`verifyPassbook of ${accountNo}: ${JSON.stringify(faults.slice(0, 3))}`);
  const watched = world.watch.accounts.get(accountNo);
  if (watched === undefined || watched.entries.length !== entries.length)
    throw new Broken(`account ${accountNo} has entries that nobody saw`);
  const last = entries.at(-1);
  if (last !== undefined) watched.mustHold(last);
  if (JSON.stringify(rebuild(entries)) !== JSON.stringify(last?.state.balances)) throw new Broken(`rebuild of ${accountNo} differs`);
  return entries;
}

/** Every sale has one outcome, its terminal knows it, and it is true. */
function checkSales({ watch }: World, entries: readonly Entry[]): void {
  const charges = new Map(entries.filter(({ kind }) => kind === 'charge').map((entry) => [entry.entryId, entry]));
  const voids = new Set(entries.filter(({ kind }) => kind === 'void').map((entry) => entry.reverses));
  for (const sale of watch.sales.values()) {
    const charge = charges.get(sale.entryId);
    if (!isKnown(sale)) throw new Broken(`${sale.entryId}: its terminal never learnt what became of it`);
    if ((charge !== undefined) !== isCharged(sale))
      throw new Broken(`${sale.entryId}: charged ${charge !== undefined}, its terminal was told ${sale.said}`);
    if (voids.has(sale.entryId) !== sale.voided)
      throw new Broken(`${sale.entryId}: voided ${!sale.voided}, its terminal was told otherwise`);
  }
}

/** A sale that no function ever began on, or whose only attempt was refused, needs no definite word. */
function isKnown(sale: SaleRecord): boolean {
  return sale.said !== 'nothing' || sale.voided || sale.begun === 0 || (sale.begun === 1 && sale.refusedSoftly);
}

function isCharged(sale: SaleRecord): boolean {
  return sale.said === 'charged' || sale.voided;
}

/** Money paid in = what holders have + what merchants got by their terminals' own count. No fen lost or doubled. */
function checkMoney({ watch }: World, entries: readonly Entry[]): void {
  const paidIn = sumOf([...watch.paid.values()].map(({ amountFen }) => amountFen));
  const held = sumOf([...watch.accounts.values()].flatMap(({ balances }) => Object.values(balances)));
  const sold = sumOf([...watch.sales.values()].filter((sale) => isCharged(sale) && !sale.voided).map(({ amountFen }) => amountFen));
  if (paidIn !== held + sold) throw new Broken(`${paidIn} fen were paid in, ${held} are held and ${sold} were sold for`);
  const merchants = sumOf(
    entries.flatMap(({ postings }) => postings.filter(({ leg }) => leg.startsWith('merchant:')).map(({ amountFen }) => amountFen)),
  );
  if (merchants !== sold) throw new Broken(`merchants have ${merchants} fen in the entries and ${sold} by their terminals`);
  const credited = new Set(entries.map(({ orderNo }) => orderNo));
  for (const { orderNo } of watch.paid.values())
    if (!credited.has(orderNo)) throw new Broken(`order ${orderNo} was paid and never credited`);
  for (const { leg } of entries.flatMap(({ postings }) => postings)) {
    if (!isBalance(leg) && !/^(merchant|channel):/.test(leg)) throw new Broken(`a leg to nobody: ${leg}`);
  }
}

/** The book of the other side, read through the index, holds the same entries and no others. */
async function checkBooks(world: World, entries: readonly Entry[]): Promise<void> {
  const books = new Map<string, string[]>();
  for (const entry of entries) {
    if (entry.counterparty === undefined) continue;
    const lines = books.get(entry.counterparty.book) ?? [];
    books.set(entry.counterparty.book, lines);
    lines.push(`${entry.accountNo}/${entry.n}/${entry.entryId}`);
  }
  for (const [book, wanted] of books) {
    const found = await readAll(world, book);
    if (JSON.stringify(found.sort()) !== JSON.stringify(wanted.sort()))
      throw new Broken(`book ${book} has ${found.length} lines, the passbooks ${wanted.length}`);
  }
  const indexed = [...world.model.all('passbook')].filter((item) => item.bookPk !== undefined).length;
  if (indexed !== sumOf([...books.values()].map((lines) => lines.length))) throw new Broken('a book line without its entry');
}

async function readAll({ model, pack }: World, book: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { accountNo, n, entryId } of createBooks(model).lines(pack.schoolId, book)) lines.push(`${accountNo}/${n}/${entryId}`);
  return lines;
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
