import { CODE_FUTURE_MS, CODE_PAST_MS, type CodeKind, stepAt } from '../../../shared/code-format';
import { makeCode, weekOfStep } from '../../../shared/code-mac';
import type { EpochMs } from '../../../shared/time';
import { codeWeekKey, handleOf } from '../../domain/school-keys';
import type { World } from './world';

/** A code as it was shown: its digits, and what they stand for. */
export interface ShownCode {
  readonly digits: string;
  readonly kind: CodeKind;
  readonly slot: number;
  readonly step: number;
  readonly keyVersion: number;
}

const KEPT = 6;

/**
 * One bound app of an account. It knows the slot and key version it was given and goes on showing codes by them, also
 * after somebody has removed it: nobody can take that knowledge away.
 */
export class Phone {
  readonly #world: World;
  readonly #handle: string;
  readonly #slot: number;
  readonly #keyVersion: number;
  readonly #skewMs: number;
  readonly #keys = new Map<string, Uint8Array>();
  readonly #shown: ShownCode[] = [];
  #lastStep = 0;

  constructor(world: World, app: { readonly accountNo: number; readonly slot: number; readonly keyVersion: number }) {
    this.#world = world;
    this.#handle = handleOf(world.keys, app.accountNo);
    this.#slot = app.slot;
    this.#keyVersion = app.keyVersion;
    this.#skewMs = world.chance.between(-8_000, 8_000);
  }

  /** The next step that this phone has not shown, as the code screen does; or one shown before. */
  show(reused: boolean): ShownCode {
    const { chance, scheduler } = this.#world;
    if (reused && this.#shown.length > 0) return chance.pick(this.#shown);
    const now: EpochMs = scheduler.now + this.#skewMs;
    // One further step than the server takes, and one older: the edges are tried as well.
    const oldest = stepAt(now - CODE_PAST_MS);
    const newest = stepAt(now + CODE_FUTURE_MS) + 1;
    const next = Math.max(stepAt(now), this.#lastStep + 1);
    const step = next <= newest ? next : chance.between(oldest, newest);
    this.#lastStep = Math.max(this.#lastStep, step);
    const kind = chance.is(0.03) ? chance.pick(['identity', 'wallet'] as const) : 'card';
    const shown: ShownCode = { digits: this.#digits(kind, step), kind, slot: this.#slot, step, keyVersion: this.#keyVersion };
    this.#shown.push(shown);
    if (this.#shown.length > KEPT) this.#shown.shift();
    return shown;
  }

  /** Many tills in a row, faster than codes change: any of the nine codes of the moment. */
  showAny(): ShownCode {
    const { chance, scheduler } = this.#world;
    const step = chance.between(stepAt(scheduler.now - CODE_PAST_MS), stepAt(scheduler.now + CODE_FUTURE_MS));
    return { digits: this.#digits('card', step), kind: 'card', slot: this.#slot, step, keyVersion: this.#keyVersion };
  }

  #digits(kind: CodeKind, step: number): string {
    const week = weekOfStep(step);
    let key = this.#keys.get(week);
    if (key === undefined) {
      key = codeWeekKey(this.#world.keys, { handle: this.#handle, slot: this.#slot, keyVersion: this.#keyVersion, week });
      this.#keys.set(week, key);
    }
    return makeCode(key, { kind, handle: this.#handle, step, slot: this.#slot, schoolId: this.#world.pack.schoolId });
  }
}
