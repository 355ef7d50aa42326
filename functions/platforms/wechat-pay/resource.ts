import { createDecipheriv } from 'node:crypto';
import * as v from 'valibot';
import { strictBase64 } from '../wire';

const TAG_BYTES = 16;
const NONCE_BYTES = 12;

/** The encrypted part of a notice: APIv3 "回调报文解密", AEAD_AES_256_GCM. */
export const encryptedResource = v.object({
  algorithm: v.literal('AEAD_AES_256_GCM'),
  original_type: v.optional(v.string()),
  ciphertext: v.string(),
  nonce: v.string(),
  associated_data: v.optional(v.string(), ''),
});

export type EncryptedResource = v.InferOutput<typeof encryptedResource>;

/**
 * The plaintext, or undefined when key, nonce, associated data, ciphertext or tag are not the ones it was sealed
 * with. `final()` is what compares the tag; without it every forgery decrypts to something.
 */
export function openResource(resource: EncryptedResource, apiV3Key: string): Buffer | undefined {
  const sealed = strictBase64(resource.ciphertext);
  const nonce = Buffer.from(resource.nonce, 'utf8');
  if (sealed === undefined || sealed.length < TAG_BYTES || nonce.length !== NONCE_BYTES) return undefined;
  const key = Buffer.from(apiV3Key, 'utf8');
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(resource.associated_data, 'utf8'));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    // Node says only "unable to authenticate data"; the caller names the refusal.
    return undefined;
  }
}
