import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { type IdentityPassFacts, identityPassSignedBytes, writeIdentityPass } from '../../shared/identity-pass-format';
import { type Pass, type PassFacts, passSignedBytes, writePass } from '../../shared/pass-format';
import { derivePassSeed } from './school-keys';

/** RFC 8410: what stands before the 32 bytes of an Ed25519 private and public key. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Signs passes. Only the student's function is built with one. */
export interface PassSigner {
  /** Raw Ed25519 public key, base64. */
  publicKey(schoolId: string, keyId: number): string;
  /** The digits of the pass. The same facts are signed alike each time. */
  write(schoolId: string, facts: PassFacts): string;
  writeIdentity(schoolId: string, facts: IdentityPassFacts): string;
}

export function createPassSigner(masterKey: Uint8Array): PassSigner {
  const kept = new Map<string, KeyObject>();
  const keyOf = (schoolId: string, keyId: number): KeyObject => {
    const name = `${schoolId}/${keyId}`;
    const key = kept.get(name) ?? privateKeyOf(derivePassSeed(masterKey, schoolId, keyId));
    kept.set(name, key);
    return key;
  };
  const signed = (schoolId: string, keyId: number, bytes: Uint8Array): Uint8Array =>
    new Uint8Array(sign(null, bytes, keyOf(schoolId, keyId)));
  return {
    publicKey: (schoolId, keyId) =>
      createPublicKey(keyOf(schoolId, keyId)).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length).toString('base64'),
    write: (schoolId, facts) => writePass(facts, signed(schoolId, facts.keyId, passSignedBytes(schoolId, facts))),
    writeIdentity: (schoolId, facts) => writeIdentityPass(facts, signed(schoolId, facts.keyId, identityPassSignedBytes(schoolId, facts))),
  };
}

/** Whether the holder of that key made the pass for that school. */
export function isPassSigned(schoolId: string, pass: Pass, publicKey: string): boolean {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'base64')]), format: 'der', type: 'spki' });
  return verify(null, passSignedBytes(schoolId, pass), key, pass.signature);
}

function privateKeyOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}
