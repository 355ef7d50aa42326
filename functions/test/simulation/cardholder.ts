import { writeCardNumber } from '../../domain/card-number';
import { chipKey } from '../../domain/school-keys';
import { Phone } from './phone';
import type { World } from './world';

/** A person with a card and up to four apps. What the person has bound is what the person was told. */
export class Cardholder {
  readonly accountNo: number;
  readonly cardNumber: string;
  readonly #chipKey: Uint8Array;
  readonly #phones: Phone[] = [];
  readonly #world: World;
  #counter = 0;

  constructor(world: World, accountNo: number) {
    this.#world = world;
    this.accountNo = accountNo;
    this.cardNumber = writeCardNumber({ accountNo, issue: 1 });
    this.#chipKey = chipKey(world.keys, this.cardNumber);
  }

  addPhone(slot: number, keyVersion: number): void {
    this.#phones.push(new Phone(this.#world, { accountNo: this.accountNo, slot, keyVersion }));
    // Old phones are kept for a while: a removed app goes on trying.
    if (this.#phones.length > 6) this.#phones.shift();
  }

  phone(): Phone | undefined {
    return this.#phones.length === 0 ? undefined : this.#world.chance.pick(this.#phones);
  }

  get chipKey(): Uint8Array {
    return this.#chipKey;
  }

  nextCounter(): number {
    this.#counter += 1;
    return this.#counter;
  }
}
