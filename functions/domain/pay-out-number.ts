import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const DIGEST_LENGTH = 15;

/**
 * The number of money on its way out, which is also the other side's idempotency key: the school, then 75 bits of SHA-256 over the account, the
 * kind and the key that makes this one different (a phone's `requestId`, an order and the place of the part). At most 31 of [0-9A-Za-z_].
 */
export function payOutNumber(payOut: {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly kind: string;
  readonly key: string;
}): string {
  const { schoolId, accountNo, kind, key } = payOut;
  const hash = sha256(utf8ToBytes(`ecode-pay-out-v1\n${schoolId}\n${accountNo}\n${kind}\n${key}`));
  let digest = '';
  for (const byte of hash.subarray(0, DIGEST_LENGTH)) digest += CROCKFORD.charAt(byte % 32);
  return `${schoolId.replaceAll('-', '_')}${digest}`;
}
