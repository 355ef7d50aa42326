import { createCipheriv } from 'node:crypto';
import type { RandomBytes } from '../../shared/ids';
import { randomAlphanumeric } from '../lib/random-text';

export interface EncryptedResource {
  readonly algorithm: 'AEAD_AES_256_GCM';
  readonly ciphertext: string;
  readonly nonce: string;
  readonly associated_data: string;
}

/** AEAD_AES_256_GCM as the vendor documents it: key 32 bytes of text, nonce 12 characters, tag at the end of the ciphertext. */
export function encryptResource(plain: string, associatedData: string, apiV3Key: string, randomBytes: RandomBytes): EncryptedResource {
  const nonce = randomAlphanumeric(randomBytes, 12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(apiV3Key, 'utf8'), Buffer.from(nonce, 'utf8'));
  cipher.setAAD(Buffer.from(associatedData, 'utf8'));
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { algorithm: 'AEAD_AES_256_GCM', ciphertext: sealed.toString('base64'), nonce, associated_data: associatedData };
}
