import { type Cipher, createCipheriv } from 'node:crypto';

const ROUNDS = 10;
const RADIX = 10;
/** The longer half has 5 to 7 digits: 3 bytes hold it (b of the standard), and what is made of 8 bytes of cipher stays below 2⁵³. */
const SHORTEST = 9;
const LONGEST = 14;
const NUMERAL = /^\d+$/;

/**
 * FF1 of NIST SP 800-38G for decimal numerals of one length and an empty tweak: a permutation of all numerals of that length.
 *
 * Made for the payment path: of the two AES blocks of a round the first is the same in every round of every numeral, so it is ciphered
 * once; a half is a plain number; and the AES of node:crypto takes the same time for any key and data.
 */
export class DecimalFf1 {
  readonly #aes: Cipher;
  /** CIPH(P), which the standard chains into each round's own block. */
  readonly #first: Buffer;
  readonly #block = Buffer.alloc(16);
  readonly #left: number;
  readonly #right: number;

  /** `key` of 16, 24 or 32 bytes; numerals of 9 to 14 digits. */
  constructor(key: Uint8Array, length: number) {
    if (!Number.isInteger(length) || length < SHORTEST || length > LONGEST) throw new RangeError('numerals have 9 to 14 digits');
    this.#left = Math.floor(length / 2);
    this.#right = length - this.#left;
    this.#aes = createCipheriv(`aes-${key.length * 8}-ecb`, key, null);
    this.#first = this.#aes.update(Buffer.from([1, 2, 1, 0, 0, RADIX, ROUNDS, this.#left, 0, 0, 0, length, 0, 0, 0, 0]));
  }

  encrypt(numeral: string): string {
    let [a, b] = this.#halves(numeral);
    for (let round = 0; round < ROUNDS; round += 1) {
      const modulus = this.#modulus(round);
      [a, b] = [b, (a + this.#mask(round, b, modulus)) % modulus];
    }
    return this.#numeral(a, b);
  }

  decrypt(numeral: string): string {
    let [a, b] = this.#halves(numeral);
    for (let round = ROUNDS - 1; round >= 0; round -= 1) {
      const modulus = this.#modulus(round);
      [a, b] = [(b - this.#mask(round, a, modulus) + modulus) % modulus, a];
    }
    return this.#numeral(a, b);
  }

  #halves(numeral: string): [number, number] {
    if (numeral.length !== this.#left + this.#right || !NUMERAL.test(numeral)) throw new RangeError('not a numeral of this length');
    return [Number(numeral.slice(0, this.#left)), Number(numeral.slice(this.#left))];
  }

  #numeral(a: number, b: number): string {
    return String(a).padStart(this.#left, '0') + String(b).padStart(this.#right, '0');
  }

  #modulus(round: number): number {
    return RADIX ** (round % 2 === 0 ? this.#left : this.#right);
  }

  /** y of the standard modulo what it is added to: the first 8 bytes of CIPH(CIPH(P) ⊕ Q), where Q = 12 zeros ‖ round ‖ half in 3 bytes. */
  #mask(round: number, half: number, modulus: number): number {
    const block = this.#block;
    const first = this.#first;
    block.set(first);
    block[12] = (first[12] ?? 0) ^ round;
    block[13] = (first[13] ?? 0) ^ (half >>> 16);
    block[14] = (first[14] ?? 0) ^ ((half >>> 8) & 0xff);
    block[15] = (first[15] ?? 0) ^ (half & 0xff);
    const s = this.#aes.update(block);
    const high = s.readUInt32BE(0) % modulus;
    return (high * (2 ** 32 % modulus) + s.readUInt32BE(4)) % modulus;
  }
}
