import * as v from 'valibot';
import { signInPlatformSchema } from '../../shared/api/student';

/** Attributes that sessions, identities and bindings share. */
export const identitySchema = { platform: signInPlatformSchema, appId: v.string(), openid: v.string() };

export const boundSchema = v.object({ schoolId: v.string(), accountNo: v.number(), bindingId: v.string(), slot: v.number() });

/** DynamoDB's TTL counts seconds; it deletes late, so that every read compares the milliseconds as well. */
export function ttlSeconds(expiresAt: number): number {
  return Math.ceil(expiresAt / 1_000);
}
