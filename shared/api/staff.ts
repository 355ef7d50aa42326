import * as v from 'valibot';
import { instantSchema, schoolIdSchema } from './common';

export const staffRoleSchema = v.picklist(['finance', 'card-office', 'merchant', 'auditor', 'manager']);
const userNameSchema = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{2,31}$/));

export const staffSignInBody = v.object({
  schoolId: schoolIdSchema,
  userName: userNameSchema,
  password: v.pipe(v.string(), v.nonEmpty(), v.maxLength(128)),
});
export const staffSignInReply = v.object({
  /** Opaque; sent back as `Authorization: Bearer …`. */
  sessionToken: v.string(),
  expiresAt: instantSchema,
  displayName: v.string(),
  roles: v.array(staffRoleSchema),
});
export type StaffSignInReply = v.InferOutput<typeof staffSignInReply>;

export const staffViewSchema = v.object({
  userName: userNameSchema,
  displayName: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(40)),
  roles: v.pipe(v.array(staffRoleSchema), v.minLength(1)),
  /** Of role `merchant`. */
  merchants: v.array(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99_999))),
  active: v.boolean(),
});
export type StaffView = v.InferOutput<typeof staffViewSchema>;
/** A new member needs a password; of an old one it is changed where it is given. */
export const staffBody = v.object({ ...staffViewSchema.entries, password: v.optional(v.pipe(v.string(), v.maxLength(128))) });
export type StaffBody = v.InferOutput<typeof staffBody>;
export const staffListReply = v.object({ staff: v.array(staffViewSchema) });

export const auditQuery = v.object({ before: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,11}$/), v.transform(Number))) });
export const auditReply = v.object({
  records: v.array(
    v.object({
      n: v.number(),
      at: instantSchema,
      userName: v.string(),
      act: v.string(),
      subject: v.string(),
      outcome: v.string(),
      sourceIp: v.string(),
      detail: v.optional(v.string()),
      previousHash: v.optional(v.string()),
    }),
  ),
  nextBefore: v.nullable(v.number()),
});
export type AuditReply = v.InferOutput<typeof auditReply>;
