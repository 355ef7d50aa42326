import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

/** A terminal's own key. The private part never leaves the terminal. */
export interface TerminalKey {
  /** PKCS#8 PEM. */
  readonly privateKeyPem: string;
  /** Raw Ed25519 public key, 32 bytes, base64: what the school enrols. */
  readonly publicKey: string;
}

export function newTerminalKey(): TerminalKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return readTerminalKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

export function readTerminalKey(privateKeyPem: string): TerminalKey {
  const spki = createPublicKey(createPrivateKey(privateKeyPem)).export({ type: 'spki', format: 'der' });
  return { privateKeyPem, publicKey: spki.subarray(-32).toString('base64') };
}

export type Purpose =
  | 'charge'
  | 'query'
  | 'void'
  | 'claim'
  | 'chip'
  | 'cash'
  | 'card'
  | 'bank'
  | 'statement'
  | 'purse'
  | 'batch'
  | 'enrolment'
  | 'key'
  | 'heartbeat'
  | 'refund'
  | 'identity'
  | 'pass';

export interface Signing {
  readonly purpose: Purpose;
  readonly schoolId: string;
  readonly terminal: number;
  readonly attempt: number;
  readonly sentAt: number;
  readonly body: string;
}

/** Headers of a terminal's request, made from docs/terminal-api.md alone. */
export function signedHeaders(key: TerminalKey, { purpose, schoolId, terminal, attempt, sentAt, body }: Signing): Record<string, string> {
  const digest = createHash('sha256').update(body).digest('hex');
  const text = `ecode-terminal-v1\n${purpose}\n${schoolId}\n${terminal}\n${attempt}\n${sentAt}\n${digest}`;
  return {
    'content-type': 'application/json',
    'x-ecode-school': schoolId,
    'x-ecode-terminal': String(terminal),
    'x-ecode-attempt': String(attempt),
    'x-ecode-sent-at': String(sentAt),
    'x-ecode-signature': sign(null, Buffer.from(text), createPrivateKey(key.privateKeyPem)).toString('base64'),
  };
}
