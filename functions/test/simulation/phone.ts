import type { CodeKeyReply } from '../../../shared/api/student';
import { CODE_FUTURE_MS, CODE_PAST_MS, type CodeKind, stepAt } from '../../../shared/code-format';
import { makeCode, weekOfStep } from '../../../shared/code-mac';
import type { EpochMs } from '../../../shared/time';
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
 * What one bound app can show. It goes on showing codes by the keys it was given, also after somebody has removed it:
 * nobody can take that knowledge away.
 */
export class CodeScreen {
  readonly #world: World;
  readonly #given: CodeKeyReply;
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  readonly #skewMs: number;
  readonly #shown: ShownCode[] = [];
  #lastStep = 0;

  constructor(world: World, given: CodeKeyReply) {
    this.#world = world;
    this.#given = given;
    this.#keys = new Map(given.keys.map(({ week, key }) => [week, new Uint8Array(Buffer.from(key, 'hex'))]));
    this.#skewMs = world.chance.between(-8_000, 8_000);
  }

  /** The next step that has not been shown, as the code screen does; or a code shown before. */
  show(reused: boolean): ShownCode | undefined {
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
    const shown = this.#code(kind, step);
    if (shown === undefined) return undefined;
    this.#shown.push(shown);
    if (this.#shown.length > KEPT) this.#shown.shift();
    return shown;
  }

  /** Many tills in a row, faster than codes change: any of the nine codes of the moment. */
  showAny(): ShownCode | undefined {
    const { chance, scheduler } = this.#world;
    return this.#code('card', chance.between(stepAt(scheduler.now - CODE_PAST_MS), stepAt(scheduler.now + CODE_FUTURE_MS)));
  }

  /** Undefined when the week's key has run out. */
  #code(kind: CodeKind, step: number): ShownCode | undefined {
    const key = this.#keys.get(weekOfStep(step));
    if (key === undefined) return undefined;
    const { handle, slot, keyVersion, schoolId } = this.#given;
    return { digits: makeCode(key, { kind, handle, step, slot, schoolId }), kind, slot, step, keyVersion };
  }
}
