import { createPrivateKey, createPublicKey, KeyObject, sign, verify } from 'node:crypto';
import * as v from 'valibot';

/** Ed25519, or RSA of 2,048 bits and more with SHA-256: what a bank's own policy allows decides, the wire form takes both. */
const key = v.custom<KeyObject>((value) => value instanceof KeyObject);

/** PKCS#8 PEM. */
export const signingKeySetting = v.pipe(
  v.string(),
  v.transform((pem) => strong(() => createPrivateKey(pem))),
  key,
);

/** SPKI PEM. A private key is refused here, although node would derive the public one: it has no business in this setting. */
export const verifyingKeySetting = v.pipe(
  v.string(),
  v.transform((pem) => (pem.includes('PRIVATE KEY') ? undefined : strong(() => createPublicKey(pem)))),
  key,
);

function strong(read: () => KeyObject): KeyObject | undefined {
  try {
    const found = read();
    if (found.asymmetricKeyType === 'ed25519') return found;
    return found.asymmetricKeyType === 'rsa' && (found.asymmetricKeyDetails?.modulusLength ?? 0) >= 2_048 ? found : undefined;
  } catch {
    // The reason is not kept: OpenSSL's errors add nothing to "this setting is not such a key".
    return undefined;
  }
}

export function signText(text: string, privateKey: KeyObject): string {
  return sign(digestOf(privateKey), Buffer.from(text, 'utf8'), privateKey).toString('base64');
}

export function isSignedBy(text: string, signature: Uint8Array, publicKey: KeyObject): boolean {
  return verify(digestOf(publicKey), Buffer.from(text, 'utf8'), publicKey, signature);
}

/** Ed25519 hashes by itself. */
function digestOf({ asymmetricKeyType }: KeyObject): 'sha256' | null {
  return asymmetricKeyType === 'ed25519' ? null : 'sha256';
}
