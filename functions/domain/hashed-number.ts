import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { CROCKFORD } from '../../shared/ids';

const DIGEST_LENGTH = 15;
const FORM = /^([a-z][a-z0-9_]{1,15})([0-9A-HJKMNP-TV-Z]{15})$/;

/**
 * A number that both sides keep: the school, then 75 bits of SHA-256 over what it stands for, line by line. The same facts give the same
 * number. At most 31 of [0-9A-Za-z_], which fits WeChat Pay, Alipay and the bank.
 */
export function hashedNumber(schoolId: string, facts: readonly (string | number)[]): string {
  let digest = '';
  for (const byte of sha256(utf8ToBytes(facts.join('\n'))).subarray(0, DIGEST_LENGTH)) digest += CROCKFORD.charAt(byte % 32);
  // A school id has no underscore and the platforms take no hyphen, so this can be turned back.
  return `${schoolId.replaceAll('-', '_')}${digest}`;
}

/** The school a number names, or undefined for a number that is none of ours. */
export function schoolOfNumber(number: string): string | undefined {
  return FORM.exec(number)?.[1]?.replaceAll('_', '-');
}
