import * as v from 'valibot';
import { schoolIdSchema } from './common';

/** What every act of a machine is named by. The body is the same bytes in every attempt; `occurredAt` is the machine's clock when it began. */
export const terminalActFields = {
  schoolId: schoolIdSchema,
  terminal: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999_999)),
  /** Counts up on the terminal and never repeats on it, over all kinds of act. */
  sequence: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999_999_999)),
  occurredAt: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
};

export const cardTextSchema = v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{1,20}$/));
export const chipCodeSchema = v.strictObject({
  counter: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4_294_967_295)),
  mac: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
});

/** A password typed at a machine, sealed to the key of the server that its id names (docs/terminal-api.md). All base64. */
export const sealedPinSchema = v.strictObject({
  keyId: v.pipe(v.string(), v.regex(/^[\w-]{1,16}$/)),
  /** Raw 32 bytes of the X25519 public key made for this one message. */
  ephemeralKey: v.pipe(v.string(), v.base64(), v.length(44)),
  nonce: v.pipe(v.string(), v.base64(), v.length(16)),
  /** 32 bytes of text and the tag of 16. */
  ciphertext: v.pipe(v.string(), v.base64(), v.length(64)),
});
export type SealedPin = v.InferOutput<typeof sealedPinSchema>;
