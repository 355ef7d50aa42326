import type { ErrorCode } from '../../../shared/errors';
import type { RulePack } from '../../../shared/rule-pack';
import type { EpochMs } from '../../../shared/time';
import type { Entry } from '../../domain/entry';
import type { SaleAnswer } from '../../operations/authorize-payment';
import { fromItem } from '../../store/entry-item';
import type { Item } from '../../store/table';
import { AccountWatch } from './account-watch';
import { Broken } from './broken';
import type { PaidRecord, SaleRecord } from './records';

/**
 * Sees every write to the passbook the moment it happens, and every answer the moment it is given, and compares them
 * with what the actors know. What breaks a law throws at once: the seed and the last events then tell the story.
 */
export class Watch {
  readonly sales = new Map<string, SaleRecord>();
  readonly paid = new Map<string, PaidRecord>();
  readonly accounts = new Map<number, AccountWatch>();
  readonly #pack: RulePack;
  readonly #now: () => EpochMs;
  /** Filled when somebody wants to read the story of a failure. */
  readonly trail: string[] | undefined;

  constructor(input: { readonly pack: RulePack; readonly now: () => EpochMs; readonly trail: boolean }) {
    this.#pack = input.pack;
    this.#now = input.now;
    this.trail = input.trail ? [] : undefined;
  }

  tell(line: () => string): void {
    this.trail?.push(`${this.#now()} ${line()}`);
  }

  wrote(item: Item): void {
    const entry = fromItem(item);
    this.tell(
      () =>
        `wrote ${entry.accountNo}/${entry.n} ${entry.kind} ${entry.entryId} recordedAt=${entry.recordedAt} ${entry.reason ?? ''} card=${entry.state.balances.card} transit=${entry.state.balances.transit}`,
    );
    const account = this.accounts.get(entry.accountNo) ?? new AccountWatch(this.#pack);
    this.accounts.set(entry.accountNo, account);
    account.follow(entry, this.#now());
    if (entry.kind === 'charge') this.#charged(account, entry);
    else if (entry.kind === 'fence') this.#fenced(account, entry);
    else if (entry.kind === 'void') account.reversed(entry);
    else if (entry.kind === 'top-up') this.#toppedUp(account, entry);
  }

  #charged(account: AccountWatch, entry: Entry): void {
    const sale = this.#saleOf(entry);
    if (sale.said === 'not-charged') throw new Broken(`${sale.entryId} was said to be not charged, and is charged now`);
    account.charged(entry, sale);
  }

  #fenced(account: AccountWatch, entry: Entry): void {
    const sale = this.#saleOf(entry);
    if (entry.postings.length > 0) throw new Broken(`fence ${sale.entryId} moves money`);
    if (sale.said === 'charged' || account.find(sale.entryId)?.kind === 'charge') throw new Broken(`${sale.entryId} is charged and fenced`);
    account.mustJustify(sale, entry.reason ?? 'payment.not-charged', { since: entry.n - 1, upTo: entry.n - 1 });
  }

  #saleOf(entry: Entry): SaleRecord {
    const sale = this.sales.get(entry.entryId);
    if (sale === undefined || sale.accountNo !== entry.accountNo) throw new Broken(`nobody asked for ${entry.entryId}`);
    if (entry.requestHash !== sale.bodyHash || entry.occurredAt !== sale.occurredAt)
      throw new Broken(`${entry.entryId} is not what was signed`);
    return sale;
  }

  #toppedUp(account: AccountWatch, entry: Entry): void {
    const paid = this.paid.get(entry.orderNo ?? '');
    if (paid === undefined || paid.accountNo !== entry.accountNo) throw new Broken(`order ${entry.orderNo} was never paid`);
    account.credited(entry, paid.amountFen);
  }

  /** Every answer that leaves a function, whether it arrives or not; `since` was the newest entry when it began. */
  answered(sale: SaleRecord, answer: SaleAnswer, since: number): void {
    this.tell(
      () =>
        `said ${sale.entryId} ${answer.outcome} ${'code' in answer ? answer.code : answer.entry.n} ${'definite' in answer ? answer.definite : ''}`,
    );
    const account = this.accounts.get(sale.accountNo);
    switch (answer.outcome) {
      case 'charged':
        if (sale.said === 'not-charged') throw new Broken(`${sale.entryId}: "not charged" before, "charged" now`);
        if (answer.entry.entryId !== sale.entryId || answer.entry.kind !== 'charge')
          throw new Broken(`${sale.entryId}: charged by another entry`);
        account?.mustHold(answer.entry);
        sale.said = 'charged';
        return;
      case 'voided':
        if (answer.entry.reverses !== sale.entryId) throw new Broken(`${sale.entryId}: voided by another entry`);
        account?.mustHold(answer.entry);
        sale.voided = true;
        return;
      case 'not-charged':
        if (account !== undefined && account.find(sale.entryId)?.kind !== 'fence') {
          account.mustJustify(sale, answer.code, { since, upTo: account.newest });
        }
        if (!answer.definite) {
          sale.refusedSoftly = true;
          return;
        }
        if (sale.said === 'charged' || account?.find(sale.entryId)?.kind === 'charge')
          throw new Broken(`${sale.entryId} is charged and said to be not charged`);
        this.#sameReason(sale, answer.code);
        sale.said = 'not-charged';
        return;
      case 'pending':
      case 'unknown':
        return;
    }
  }

  /** The same answer for ever, its reason included; only of a late sale may one function know that its app was removed since. */
  #sameReason(sale: SaleRecord, code: ErrorCode): void {
    const before = sale.reason;
    sale.reason = code;
    const lateOrRemoved: readonly (ErrorCode | undefined)[] = ['payment.not-charged', 'code.invalid'];
    if (before === undefined || before === code || (lateOrRemoved.includes(before) && lateOrRemoved.includes(code))) return;
    throw new Broken(`${sale.entryId}: not charged because of ${before}, and now because of ${code}`);
  }

  /** An honest terminal is never told these. */
  refused(sale: SaleRecord, code: ErrorCode): void {
    this.tell(() => `refused ${sale.entryId} ${code}`);
    if (code !== 'request.busy') throw new Broken(`${sale.entryId}: an honest terminal was told ${code}`);
  }
}
