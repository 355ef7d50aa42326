import { createDecipheriv, createPrivateKey, createPublicKey, diffieHellman, hkdfSync, type KeyObject } from 'node:crypto';
import type { SealedPin } from '../../shared/api/terminal-act';
import { AppError } from '../../shared/errors';

/** Private X25519 keys by id, 32 raw bytes each; machines seal to the current one, older ones open what was sealed before. */
export interface PinKeys {
  readonly current: string;
  readonly keys: Readonly<Record<string, Uint8Array>>;
}

/** What a sealed password belongs to: it opens nowhere else, so that one that was overheard cannot be sent again. */
export interface PinPlace {
  readonly schoolId: string;
  readonly terminal: number;
  readonly sequence: number;
}

export interface PinOpener {
  readonly currentKeyId: string;
  /** Throws AppError `claim.pin-unreadable`: another key, place or text than it was sealed for. */
  open(place: PinPlace, sealed: SealedPin): string;
}

/** RFC 8410: the fixed heads of a PKCS#8 and of an SPKI X25519 key, each followed by 32 bytes. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');
const TAG_BYTES = 16;

/**
 * key = HKDF-SHA256(X25519(ephemeral, ours), salt ephemeral ‖ ours, info "ecode-pin-1", 32 bytes); AES-256-GCM with the place as
 * associated data. The text is UTF-8 and zero bytes up to 32, so that its length tells nothing.
 */
export function createPinOpener({ current, keys }: PinKeys): PinOpener {
  const own = new Map(Object.entries(keys).map(([id, bytes]) => [id, readPrivateKey(bytes)]));
  return {
    currentKeyId: current,
    open({ schoolId, terminal, sequence }, { keyId, ephemeralKey, nonce, ciphertext }) {
      const key = own.get(keyId);
      if (key === undefined) throw new AppError('claim.pin-unreadable', { keyId: current });
      const [ephemeral, iv, bytes] = [ephemeralKey, nonce, ciphertext].map((text) => Buffer.from(text, 'base64')) as [
        Buffer,
        Buffer,
        Buffer,
      ];
      try {
        const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, ephemeral]), format: 'der', type: 'spki' });
        const shared = diffieHellman({ privateKey: key.privateKey, publicKey });
        const secret = hkdfSync('sha256', shared, Buffer.concat([ephemeral, key.publicKey]), 'ecode-pin-1', 32);
        const decipher = createDecipheriv('aes-256-gcm', Buffer.from(secret), iv, { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(`${schoolId}|${terminal}|${sequence}`));
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        const text = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
        return new TextDecoder('utf-8', { fatal: true }).decode(text).replace(/\0+$/, '');
      } catch {
        // A wrong key, nonce, tag or a point of low order: which of them is nobody's business.
        throw new AppError('claim.pin-unreadable', { keyId: current });
      }
    },
  };
}

/** What machines seal to: raw X25519 public keys in base64, the one in force first. */
export function pinPublicKeys({ current, keys }: PinKeys): readonly { readonly keyId: string; readonly publicKey: string }[] {
  const ids = [current, ...Object.keys(keys).filter((id) => id !== current)];
  return ids.flatMap((keyId) => {
    const bytes = keys[keyId];
    return bytes === undefined ? [] : [{ keyId, publicKey: readPrivateKey(bytes).publicKey.toString('base64') }];
  });
}

function readPrivateKey(bytes: Uint8Array): { readonly privateKey: KeyObject; readonly publicKey: Buffer } {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, bytes]), format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-32) };
}
