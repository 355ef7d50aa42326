import { generateKeyPairSync } from 'node:crypto';
import type { RandomBytes } from '../../shared/ids';
import { randomAlphanumeric } from './random-text';

export interface NamedKey {
  readonly keyId: string;
  /** PKCS#8. */
  readonly privateKeyPem: string;
  /** SPKI. */
  readonly publicKeyPem: string;
}

/** Both sides of one partner: a bank or a supplier, and us as its client. */
export interface PartnerKeys {
  /** By client id: the school at a bank, the product at a supplier. */
  readonly clients: Readonly<Record<string, NamedKey>>;
  /** Signs answers. */
  readonly answer: NamedKey;
  /** X25519, opens what is sealed to the partner. */
  readonly seal: NamedKey;
}

export function generatePartnerKeys(clientIds: readonly string[], randomBytes: RandomBytes): PartnerKeys {
  return {
    clients: Object.fromEntries(clientIds.map((clientId) => [clientId, namedKey('ed25519', randomBytes)])),
    answer: namedKey('ed25519', randomBytes),
    seal: namedKey('x25519', randomBytes),
  };
}

function namedKey(type: 'ed25519' | 'x25519', randomBytes: RandomBytes): NamedKey {
  // The typings of node know the two names only one at a time.
  const { privateKey, publicKey } = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
  return {
    keyId: `key_${randomAlphanumeric(randomBytes, 8)}`,
    privateKeyPem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicKeyPem: String(publicKey.export({ type: 'spki', format: 'pem' })),
  };
}
