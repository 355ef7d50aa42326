import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const DIGEST_LENGTH = 15;
const ORDER_NO = /^([a-z][a-z0-9_]{1,15})([0-9A-HJKMNP-TV-Z]{15})$/;

/**
 * The number of a top-up order, which is also `merchantOrderNo` at the platforms: the school, then 75 bits of SHA-256
 * over who asked and the phone's `requestId`. So a repeat of the request finds the order it made, and whoever holds
 * the number finds the row with one read. At most 31 of [0-9A-Za-z_], which fits WeChat Pay and Alipay.
 */
export function orderNumber(order: { readonly schoolId: string; readonly accountNo: number; readonly requestId: string }): string {
  const hash = sha256(utf8ToBytes(`ecode-order-v1\n${order.schoolId}\n${order.accountNo}\n${order.requestId}`));
  let digest = '';
  for (const byte of hash.subarray(0, DIGEST_LENGTH)) digest += CROCKFORD.charAt(byte % 32);
  // A school id has no underscore and the platforms take no hyphen, so this can be turned back.
  return `${order.schoolId.replaceAll('-', '_')}${digest}`;
}

/** The school an order number names, or undefined for a number that is none of ours. */
export function schoolOfOrder(orderNo: string): string | undefined {
  return ORDER_NO.exec(orderNo)?.[1]?.replaceAll('_', '-');
}
