import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { type HeadFacts, headText } from '../../shared/passbook/head-text';
import { deriveHeadSeed } from './school-keys';

/** RFC 8410: what stands before the 32 bytes of an Ed25519 private and public key. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_BYTES = 12;

/** Signs what the school says of a passbook's newest entry. */
export interface HeadSigner {
  /** Key and signature in hex: a phone has no base64. */
  sign(facts: HeadFacts): { readonly keyId: number; readonly publicKey: string; readonly signature: string };
}

/** Raised when a key leaked; phones then learn the new one and say so. */
const KEY_ID = 1;

export function createHeadSigner(masterKey: Uint8Array): HeadSigner {
  const kept = new Map<string, { readonly key: KeyObject; readonly publicKey: string }>();
  const keyOf = (schoolId: string) => {
    const known = kept.get(schoolId);
    if (known !== undefined) return known;
    const seed = deriveHeadSeed(masterKey, schoolId, KEY_ID);
    const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
    const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI_BYTES).toString('hex');
    const made = { key, publicKey };
    kept.set(schoolId, made);
    return made;
  };
  return {
    sign(facts) {
      const { key, publicKey } = keyOf(facts.schoolId);
      return { keyId: KEY_ID, publicKey, signature: sign(null, Buffer.from(headText(facts)), key).toString('hex') };
    },
  };
}
