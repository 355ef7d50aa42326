import { encode } from 'uqr';

/** The QR symbol of a code, true where a module is dark, without its quiet zone. 24 digits are always version 1. */
export function qrRows(digits: string): readonly (readonly boolean[])[] {
  return encode(digits, { ecc: 'M', border: 0 }).data;
}
