import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { RandomBytes } from '../../shared/ids';

/** Where a value belongs; bound into the ciphertext, so that one row's value opens in no other row or column. */
export interface FieldPlace {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly field: 'idTail' | 'mobile' | 'citizenId' | 'email' | 'bankAgreement' | 'customerInfo';
}

/** Personal data at rest. A sealed value is ASCII: `aes1.<key id>.<nonce, ciphertext and tag in base64url>`. */
export interface FieldCipher {
  seal(place: FieldPlace, text: string): string;
  /** Throws when the value was altered, belongs elsewhere, or its key is not known: a fault, never an answer. */
  open(place: FieldPlace, sealed: string): string;
}

/** Keys by id. Values are sealed with `current`; older keys stay until every row has been sealed anew. */
export interface FieldKeys {
  readonly current: string;
  /** 32 bytes each. */
  readonly keys: Readonly<Record<string, Uint8Array>>;
}

const FORM = 'aes1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D: good for 2³² values under one key). */
export function createFieldCipher(ring: FieldKeys, randomBytes: RandomBytes): FieldCipher {
  for (const [id, key] of Object.entries(ring.keys)) {
    if (!/^[\w-]{1,16}$/.test(id)) throw new Error('a field key id has 1 to 16 letters or digits');
    if (key.length !== KEY_BYTES) throw new Error(`field key ${id} is not of 32 bytes`);
  }
  const keyOf = (id: string): Uint8Array => {
    const key = Object.hasOwn(ring.keys, id) ? ring.keys[id] : undefined;
    if (key === undefined) throw new Error(`no field key ${id}`);
    return key;
  };
  keyOf(ring.current);
  return {
    seal(place, text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', keyOf(ring.current), nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(boundData(place, ring.current));
      const body = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return [FORM, ring.current, body.toString('base64url')].join('.');
    },
    open(place, sealed) {
      const [form, keyId = '', encoded = '', ...rest] = sealed.split('.');
      const body = Buffer.from(encoded, 'base64url');
      if (form !== FORM || rest.length > 0 || body.length < NONCE_BYTES + TAG_BYTES) throw new Error('not a sealed field');
      const decipher = createDecipheriv('aes-256-gcm', keyOf(keyId), body.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(boundData(place, keyId));
      decipher.setAuthTag(body.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
    },
  };
}

/** JSON keeps the parts apart: no two places give the same bytes. */
function boundData(place: FieldPlace, keyId: string): Buffer {
  return Buffer.from(JSON.stringify([FORM, keyId, place.schoolId, place.accountNo, place.field]), 'utf8');
}
