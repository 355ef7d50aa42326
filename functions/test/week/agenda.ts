import type { EpochMs } from '../../../shared/time';
import type { Chance } from '../simulation/chance';

interface Appointment {
  readonly at: EpochMs;
  readonly order: number;
  readonly run: () => Promise<void> | void;
  /** Nothing else happens while it runs. */
  readonly alone: boolean;
  cancelled: boolean;
}

/** Appointments so near to one another may run at once. */
const TOGETHER_MS = 2_000;
const TOGETHER_AT_MOST = 6;
const TOGETHER = 0.35;

/**
 * Virtual time of a week: appointments in the order of their time, some that lie close together run at once and race. Time stands still
 * while anything runs, so that nothing depends on how fast this machine is.
 */
export class Agenda {
  readonly #chance: Chance;
  readonly #waiting: Appointment[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #now: EpochMs;
  #order = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(chance: Chance, startAt: EpochMs) {
    this.#chance = chance;
    this.#now = startAt;
  }

  get now(): EpochMs {
    return this.#now;
  }

  /** Returns what cancels it. */
  at(when: EpochMs, run: Appointment['run'], alone = false): () => void {
    const appointment = { at: Math.max(when, this.#now), order: this.#order, run, alone, cancelled: false };
    this.#order += 1;
    this.#insert(appointment);
    return () => {
      appointment.cancelled = true;
    };
  }

  after(ms: number, run: Appointment['run'], alone = false): () => void {
    return this.at(this.#now + ms, run, alone);
  }

  /** Time does not go on before it has ended. */
  track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.catch(() => undefined).finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
    return work;
  }

  /** Ends the week; for what happens where nobody would hear an error. The first failure counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Throws what an appointment threw. */
  async runUntil(end: EpochMs): Promise<void> {
    for (let first = this.#take(end); first !== undefined; first = this.#take(end)) {
      const together = first.alone || !this.#chance.is(TOGETHER) ? [first] : [first, ...this.#near(first.at + TOGETHER_MS)];
      this.#now = Math.max(this.#now, together.at(-1)?.at ?? 0);
      await Promise.all(together.map(({ run }) => run()));
      while (this.#underWay.size > 0) await Promise.all(this.#underWay);
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#failure !== undefined) throw this.#failure.error;
    }
    this.#now = end;
  }

  #near(until: EpochMs): readonly Appointment[] {
    const found: Appointment[] = [];
    while (found.length < TOGETHER_AT_MOST - 1 && this.#waiting[0]?.alone === false) {
      const next = this.#take(until);
      if (next === undefined) break;
      found.push(next);
    }
    return found;
  }

  #take(until: EpochMs): Appointment | undefined {
    for (let next = this.#waiting[0]; next !== undefined && next.at <= until; next = this.#waiting[0]) {
      this.#removeFirst();
      if (!next.cancelled) return next;
    }
    return undefined;
  }

  // A binary heap.
  #insert(appointment: Appointment): void {
    const waiting = this.#waiting;
    let at = waiting.length;
    waiting.push(appointment);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = waiting[parent];
      if (above === undefined || isBefore(above, appointment)) break;
      waiting[at] = above;
      at = parent;
    }
    waiting[at] = appointment;
  }

  #removeFirst(): void {
    const waiting = this.#waiting;
    const last = waiting.pop();
    if (last === undefined || waiting.length === 0) return;
    let at = 0;
    for (;;) {
      const left = waiting[2 * at + 1];
      const right = waiting[2 * at + 2];
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
      const below = waiting[child];
      if (below === undefined || isBefore(last, below)) break;
      waiting[at] = below;
      at = child;
    }
    waiting[at] = last;
  }
}

function isBefore(a: Appointment, b: Appointment): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
