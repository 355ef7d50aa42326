import { createHmac, scrypt, timingSafeEqual } from 'node:crypto';
import type { RandomBytes } from '../../shared/ids';

/** What is stored: `scrypt1$<pepper id>$<log2 N>,<r>,<p>$<salt>$<hash>`, the last two in base64url. */
export type EncodedPassword = string;

/** What is known of the account whose password is asked; undefined when there is no such account. */
export type KnownPassword = { readonly hash: EncodedPassword } | { readonly initial: readonly string[] } | undefined;

/** Each method costs exactly one scrypt, so that time does not tell a known number, or a changed password, from another. */
export interface Passwords {
  hash(password: string): Promise<EncodedPassword>;
  /** True when the password is the stored one. Throws when the stored text is no hash of ours: a fault. */
  verify(password: string, encoded: EncodedPassword): Promise<boolean>;
  /** Same cost as `verify`, and never true: for a number that nobody has. */
  verifyAgainstDummy(password: string): Promise<false>;
  /** The whole question: a stored hash, an initial password that was never changed, or nobody. */
  check(password: string, known: KnownPassword): Promise<boolean>;
  /** Whether a stored hash is of older parameters or an older pepper, and is to be made anew at the next right password. */
  isOutdated(encoded: EncodedPassword): boolean;
}

export interface PasswordParts {
  /** HMAC keys by id, from configuration and never beside the hashes: a stolen table alone cannot be searched. */
  readonly peppers: { readonly current: string; readonly keys: Readonly<Record<string, Uint8Array>> };
  readonly randomBytes: RandomBytes;
  /** Node's own; a test counts the calls. */
  readonly deriveKey?: DeriveKey;
}

export interface ScryptCost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}
export type DeriveKey = (secret: Uint8Array, salt: Uint8Array, cost: ScryptCost) => Promise<Uint8Array>;

/** OWASP's table for scrypt: N = 2¹⁵, r = 8, p = 3 (32 MiB). Six digits are few, so the pepper carries the rest. */
const COST: ScryptCost = { logN: 15, r: 8, p: 3 };
const MAX_MEMORY = 64 * 1024 * 1024;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const FORM = /^scrypt1\$([\w-]{1,16})\$(\d{1,2}),(\d{1,2}),(\d{1,2})\$([\w-]{22})\$([\w-]{43})$/;

/** On the thread pool: the event loop goes on serving while a password is checked. */
const scryptAsync: DeriveKey = (secret, salt, { logN, r, p }) =>
  new Promise((resolve, reject) => {
    scrypt(secret, salt, HASH_BYTES, { N: 2 ** logN, r, p, maxmem: MAX_MEMORY }, (error, key) => (error ? reject(error) : resolve(key)));
  });

export function createPasswords({ peppers, randomBytes, deriveKey = scryptAsync }: PasswordParts): Passwords {
  const pepperOf = (id: string): Uint8Array => {
    const pepper = Object.hasOwn(peppers.keys, id) ? peppers.keys[id] : undefined;
    if (pepper === undefined || pepper.length < 32) throw new Error(`no password pepper ${id} of at least 32 bytes`);
    return pepper;
  };
  pepperOf(peppers.current);
  const dummySalt = randomBytes(SALT_BYTES);

  const derive = (password: string, pepperId: string, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> => {
    // Digits typed with a Chinese input method may be full-width; they are the same password.
    const secret = createHmac('sha256', pepperOf(pepperId)).update(password.normalize('NFKC'), 'utf8').digest();
    return deriveKey(secret, salt, cost);
  };

  const passwords: Passwords = {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      const key = await derive(password, peppers.current, salt, COST);
      return `scrypt1$${peppers.current}$${COST.logN},${COST.r},${COST.p}$${base64(salt)}$${base64(key)}`;
    },
    async verify(password, encoded) {
      const stored = decode(encoded);
      return timingSafeEqual(await derive(password, stored.pepperId, stored.salt, stored.cost), stored.hash);
    },
    async verifyAgainstDummy(password) {
      await derive(password, peppers.current, dummySalt, COST);
      return false;
    },
    async check(password, known) {
      if (known !== undefined && 'hash' in known) return passwords.verify(password, known.hash);
      await passwords.verifyAgainstDummy(password);
      return known !== undefined && isOneOf(password, known.initial);
    },
    isOutdated(encoded) {
      const { pepperId, cost } = decode(encoded);
      return pepperId !== peppers.current || cost.logN !== COST.logN || cost.r !== COST.r || cost.p !== COST.p;
    },
  };
  return passwords;
}

function decode(encoded: EncodedPassword) {
  const [, pepperId = '', logN, r, p, salt = '', hash = ''] = FORM.exec(encoded) ?? [];
  const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
  if (pepperId === '' || cost.logN < 1 || cost.r < 1 || cost.p < 1) throw new Error('not a stored password');
  return { pepperId, cost, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') };
}

/** Compares with every candidate, and each in constant time, over digests of one length. */
function isOneOf(password: string, candidates: readonly string[]): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'initial').update(text.normalize('NFKC'), 'utf8').digest();
  const given = digest(password);
  return candidates.filter((candidate) => timingSafeEqual(digest(candidate), given)).length > 0;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
