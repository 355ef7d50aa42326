import { createDecipheriv, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from 'node:crypto';
import * as v from 'valibot';
import { parseJson } from '../lib/http';
import type { NamedKey } from '../lib/partner-keys';

const sealedSchema = v.object({ keyId: v.string(), ephemeralKey: v.string(), nonce: v.string(), ciphertext: v.string() });

/** Opens what was sealed to this bank for this very request; undefined for anything else. */
export function unseal(key: NamedKey, sealed: unknown, to: { clientId: string; requestNo: string }): unknown {
  const parsed = v.safeParse(sealedSchema, sealed);
  if (!parsed.success || parsed.output.keyId !== key.keyId) return undefined;
  const [ephemeral, nonce, bytes] = [parsed.output.ephemeralKey, parsed.output.nonce, parsed.output.ciphertext].map((text) =>
    Buffer.from(text, 'base64'),
  );
  if (ephemeral?.length !== 32 || nonce?.length !== 12 || bytes === undefined || bytes.length < 16) return undefined;
  try {
    const privateKey = createPrivateKey(key.privateKeyPem);
    const own = createPublicKey(privateKey).export({ format: 'jwk' });
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: ephemeral.toString('base64url') }, format: 'jwk' });
    const salt = Buffer.concat([ephemeral, Buffer.from(own.x ?? '', 'base64url')]);
    const secret = hkdfSync('sha256', diffieHellman({ privateKey, publicKey }), salt, 'ecode-seal-1', 32);
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(secret), nonce, { authTagLength: 16 });
    decipher.setAAD(Buffer.from(`${to.clientId}\n${to.requestNo}`));
    decipher.setAuthTag(bytes.subarray(-16));
    return parseJson(Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]));
  } catch {
    // A wrong key, nonce or tag: which of them does not matter.
    return undefined;
  }
}
