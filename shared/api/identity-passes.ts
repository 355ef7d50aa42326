import * as v from 'valibot';
import { PASS_LENGTH } from '../code-format';
import { instantSchema } from './common';

/** Offline identity passes as the phone keeps them: whole numbers to be drawn, no key. */
export const identityPassesReply = v.object({
  /** One for each stretch of `sliceMinutes` from `from` on; drawn as QR. */
  passes: v.pipe(v.array(v.pipe(v.string(), v.regex(/^94\d+$/), v.length(PASS_LENGTH))), v.maxLength(100)),
  from: instantSchema,
  sliceMinutes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  serverTime: instantSchema,
});
export type IdentityPassesReply = v.InferOutput<typeof identityPassesReply>;
