import { DecimalFf1 } from './decimal-ff1';

const DIGITS = 9;

/** Accounts by handle, of the handles met so far; of any school, `most` together: the oldest makes room. */
export class SeenHandles {
  readonly #accounts = new Map<string, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  find(place: string): number | undefined {
    return this.#accounts.get(place);
  }

  keep(place: string, accountNo: number): void {
    this.#accounts.set(place, accountNo);
    if (this.#accounts.size <= this.#most) return;
    const oldest = this.#accounts.keys().next();
    if (!oldest.done) this.#accounts.delete(oldest.value);
  }
}

/**
 * Account number ↔ the 9-digit handle of a school's codes: a permutation (FF1), so no look-up and no clash. It never changes, so what a
 * handle names may be remembered for ever.
 */
export class Handles {
  readonly #ff1: DecimalFf1;
  readonly #schoolId: string;
  readonly #seen: SeenHandles | undefined;

  constructor(key: Uint8Array, schoolId: string, seen?: SeenHandles) {
    this.#ff1 = new DecimalFf1(key, DIGITS);
    this.#schoolId = schoolId;
    this.#seen = seen;
  }

  of(accountNo: number): string {
    return this.#ff1.encrypt(String(accountNo).padStart(DIGITS, '0'));
  }

  accountOf(handle: string): number {
    // A handle is nine digits and no school id begins with one: no two schools share a place.
    const place = handle + this.#schoolId;
    const known = this.#seen?.find(place);
    if (known !== undefined) return known;
    const accountNo = Number(this.#ff1.decrypt(handle));
    this.#seen?.keep(place, accountNo);
    return accountNo;
  }
}
