import { CODE_FUTURE_MS, CODE_PAST_MS, stepAt, stepStart } from '../../../shared/code-format';
import type { ErrorCode } from '../../../shared/errors';
import type { RulePack } from '../../../shared/rule-pack';
import { businessDay, type EpochMs } from '../../../shared/time';
import { type AccountState, BALANCES, type BalanceName } from '../../domain/account-state';
import { CHARGE_EARLY_MS, CHARGE_LATE_MS } from '../../domain/charge-window';
import { type Entry, entryHash } from '../../domain/entry';
import { mealKey } from '../../domain/limits';
import { isBalance } from '../../domain/posting';
import { Broken } from './broken';
import { MAX_SKEW_MS } from './function-instance';
import type { SaleRecord } from './records';

/**
 * One account as an outsider keeps it, from the entries alone and with sums of its own: number, chain, time, money,
 * flags, apps, used codes and limits. It shares no arithmetic with the rules it watches.
 */
export class AccountWatch {
  readonly entries: Entry[] = [];
  readonly #hashes: string[] = [];
  readonly #byId = new Map<string, Entry>();
  readonly #pack: RulePack;
  readonly #usedCodes = new Set<string>();
  readonly #spent = new Map<string, number>();
  readonly #reversed = new Set<string>();
  readonly balances: Record<BalanceName, number> = { card: 0, transit: 0, chipPending: 0, wallet: 0, purse: 0 };
  readonly #apps = [0, 1, 2, 3].map(() => ({ keyVersion: 0, bound: false }));
  #tapped = false;
  #lost = false;
  #codesFrozen = false;
  #committedAt = Number.NEGATIVE_INFINITY;

  constructor(pack: RulePack) {
    this.#pack = pack;
  }

  find(entryId: string): Entry | undefined {
    return this.#byId.get(entryId);
  }

  mustHold(entry: Entry): void {
    if (entryHash(entry) !== this.#hashes[entry.n - 1])
      throw new Broken(`entry ${entry.accountNo}/${entry.n} was answered and is not what was written`);
  }

  /** What must be true of every entry, whatever it does. */
  follow(entry: Entry, now: EpochMs): void {
    const name = `${entry.accountNo}/${entry.n} ${entry.kind} ${entry.entryId}`;
    const head = this.entries.at(-1);
    if (entry.n !== (head?.n ?? 0) + 1) throw new Broken(`${name}: written over an entry, or after a gap (head ${head?.n ?? 0})`);
    if (entry.previousHash !== this.#hashes.at(-1)) throw new Broken(`${name}: the chain is broken`);
    if (this.#byId.has(entry.entryId)) throw new Broken(`${name}: a second entry with this id`);
    if (head !== undefined && entry.recordedAt < head.recordedAt) throw new Broken(`${name}: time runs back`);
    // The head was written before it was read, and read before the clock was: so our time is not before the head's own write.
    if (entry.recordedAt < this.#committedAt - MAX_SKEW_MS) throw new Broken(`${name}: its time is from before its head was there`);
    if (entry.recordedAt > now + MAX_SKEW_MS) throw new Broken(`${name}: recorded in the future`);
    this.#moveMoney(entry, name);
    this.#follow(entry, name);
    this.entries.push(entry);
    this.#hashes.push(entryHash(entry));
    this.#byId.set(entry.entryId, entry);
    this.#committedAt = now;
  }

  #moveMoney(entry: Entry, name: string): void {
    let total = 0;
    for (const { leg, amountFen } of entry.postings) {
      total += amountFen;
      if (isBalance(leg)) this.balances[leg] += amountFen;
    }
    if (total !== 0) throw new Broken(`${name}: its legs do not sum to zero`);
    for (const balance of BALANCES) {
      if (this.balances[balance] < 0) throw new Broken(`${name}: ${balance} below zero`);
      if (this.balances[balance] !== entry.state.balances[balance]) throw new Broken(`${name}: ${balance} is not what its legs make it`);
    }
  }

  /** Flags and apps change by their own kinds of entry and by nothing else. */
  #follow(entry: Entry, name: string): void {
    const { state } = entry;
    if (entry.kind === 'loss-reported') {
      this.#lost = true;
      this.#codesFrozen = state.codesFrozen;
    } else if (entry.kind === 'loss-cancelled') {
      this.#lost = false;
      this.#codesFrozen = false;
    }
    if (state.lostAt > 0 !== this.#lost || state.codesFrozen !== this.#codesFrozen) throw new Broken(`${name}: changes a loss report`);
    const changed = state.apps.filter(
      (app, slot) => app.bound !== this.#apps[slot]?.bound || app.keyVersion !== this.#apps[slot]?.keyVersion,
    );
    const wanted = entry.kind === 'app-bound' || entry.kind === 'app-revoked' ? 1 : 0;
    if (changed.length !== wanted) throw new Broken(`${name}: changes ${changed.length} apps`);
    for (const [slot, { keyVersion, bound }] of state.apps.entries()) this.#apps[slot] = { keyVersion, bound };
  }

  /** Called after `follow`, whose checks hold for it. */
  charged(entry: Entry, sale: SaleRecord): void {
    const { recordedAt } = entry;
    const name = `charge ${sale.entryId}`;
    if (recordedAt < sale.occurredAt - CHARGE_EARLY_MS || recordedAt > sale.occurredAt + CHARGE_LATE_MS)
      throw new Broken(`${name}: outside its window`);
    if (-this.#holderChange(entry) !== sale.amountFen) throw new Broken(`${name}: not the amount that was signed`);
    if (sale.means.by === 'card' && this.#lost) throw new Broken(`${name}: the card is lost`);
    if (sale.means.by === 'code' && this.#pack.codes.firstSync === true && !this.#tapped) throw new Broken(`${name}: before the first tap`);
    if (sale.means.by === 'card') this.#tapped = true;
    if (sale.means.by === 'code') this.#usedCode(sale.means, recordedAt, name);
    const { perTransactionFen, perMealPeriodFen, perDayFen } = this.#pack.limits;
    for (const key of this.#limitKeys(recordedAt)) this.#spent.set(key, (this.#spent.get(key) ?? 0) + sale.amountFen);
    const [day, meal] = this.#limitKeys(recordedAt);
    if (sale.amountFen > (perTransactionFen ?? Number.POSITIVE_INFINITY)) throw new Broken(`${name}: above the limit of one transaction`);
    if ((this.#spent.get(day ?? '') ?? 0) > (perDayFen ?? Number.POSITIVE_INFINITY))
      throw new Broken(`${name}: above the limit of the day`);
    if (meal !== undefined && (this.#spent.get(meal) ?? 0) > (perMealPeriodFen ?? Number.POSITIVE_INFINITY))
      throw new Broken(`${name}: above the limit of the meal`);
  }

  #usedCode(code: Extract<SaleRecord['means'], { by: 'code' }>, recordedAt: EpochMs, name: string): void {
    const { slot, step, keyVersion } = code;
    const app = this.#apps[slot];
    if (this.#codesFrozen) throw new Broken(`${name}: the codes are frozen`);
    if (app === undefined || !app.bound || app.keyVersion !== keyVersion) throw new Broken(`${name}: its app was removed`);
    const start = stepStart(step);
    if (start <= recordedAt - CODE_PAST_MS || start > recordedAt + CODE_FUTURE_MS)
      throw new Broken(`${name}: its code is too old or from the future`);
    const key = `${slot}/${keyVersion}/${step}`;
    if (this.#usedCodes.has(key)) throw new Broken(`${name}: its code was spent before`);
    this.#usedCodes.add(key);
  }

  /** Number of the newest entry. */
  get newest(): number {
    return this.entries.length;
  }

  /**
   * A refusal must be true of some head that stood while the function ran, from number `since` on: a success is made
   * safe by its condition, a refusal only by reading the head as it is.
   */
  mustJustify(sale: SaleRecord, code: ErrorCode, heads: { readonly since: number; readonly upTo: number }): void {
    const states = this.entries.slice(Math.max(0, heads.since - 1), heads.upTo).map(({ state }) => state);
    if (!states.some((state) => this.#refuses(sale, code, state)))
      throw new Broken(`${sale.entryId}: refused with ${code}, which was not so`);
  }

  #refuses({ means, amountFen, occurredAt }: SaleRecord, code: ErrorCode, state: AccountState): boolean {
    const { lostAt, codesFrozen, balances, apps, synced } = state;
    const app = means.by === 'code' ? apps[means.slot] : undefined;
    switch (code) {
      case 'card.lost':
        return means.by === 'card' && lostAt > 0;
      case 'code.frozen':
        return codesFrozen;
      case 'payment.insufficient-balance':
        return balances.card + (this.#pack.arrival.claimAt.includes('pos') ? balances.transit : 0) < amountFen;
      case 'code.invalid':
        // The two time digits of a code older than 120 s stand for another step, whose MAC is another.
        return (
          means.by === 'code' && (!app?.bound || app.keyVersion !== means.keyVersion || Math.abs(means.step - stepAt(occurredAt)) > 12)
        );
      case 'code.first-sync':
        return this.#pack.codes.firstSync === true && synced !== true;
      case 'code.used':
        return (
          means.by === 'code' &&
          (this.#usedCodes.has(`${means.slot}/${means.keyVersion}/${means.step}`) || this.#newestUsed(means) - means.step >= 16)
        );
      default:
        // Times, limits and identity codes: judged by other laws.
        return true;
    }
  }

  #newestUsed({ slot, keyVersion }: { readonly slot: number; readonly keyVersion: number }): number {
    const steps = [...this.#usedCodes]
      .filter((key) => key.startsWith(`${slot}/${keyVersion}/`))
      .map((key) => Number(key.slice(key.lastIndexOf('/') + 1)));
    return Math.max(0, ...steps);
  }

  reversed(entry: Entry): void {
    const sale = this.#byId.get(entry.reverses ?? '');
    if (sale === undefined || sale.kind !== 'charge') throw new Broken(`${entry.entryId}: reverses nothing`);
    if (this.#reversed.has(sale.entryId)) throw new Broken(`${sale.entryId}: reversed twice`);
    if (this.#holderChange(entry) + this.#holderChange(sale) !== 0) throw new Broken(`${entry.entryId}: gives back another amount`);
    this.#reversed.add(sale.entryId);
    const then = this.#limitKeys(sale.recordedAt);
    for (const key of this.#limitKeys(entry.recordedAt)) {
      if (then.includes(key)) this.#spent.set(key, (this.#spent.get(key) ?? 0) + this.#holderChange(sale));
    }
  }

  credited(entry: Entry, amountFen: number): void {
    if (this.#holderChange(entry) !== amountFen) throw new Broken(`${entry.entryId}: credited another amount than was paid`);
  }

  #holderChange(entry: Entry): number {
    return entry.postings.reduce((total, { leg, amountFen }) => total + (isBalance(leg) ? amountFen : 0), 0);
  }

  #limitKeys(at: EpochMs): readonly string[] {
    const day = businessDay(at, this.#pack.utcOffsetMinutes);
    const meal = mealKey(at, this.#pack.limits.mealPeriods, this.#pack.utcOffsetMinutes);
    return meal === '' ? [day] : [day, meal];
  }
}
