import * as v from 'valibot';
import { schoolIdSchema } from './common';
import { consentSchema } from './student';

/** Ways to bind beside the password: the school's own sign-in, and a code to the address that its roster has. */

const shortText = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(64));
/** As of `bindBody`. */
const ofTheApp = { deviceLabel: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(40))), consent: v.optional(consentSchema) };

/** What marks a `state` of campus SSO, so that a page can tell who sent its visitor back. */
export const SSO_STATE_PREFIX = 'sso.';
const ssoState = v.pipe(v.string(), v.regex(/^sso\.[\w-]{43}$/));

export const ssoVisitBody = v.object({
  schoolId: schoolIdSchema,
  /** Path inside our own page to come back to, registered at the school's provider: no query, no fragment. */
  returnTo: v.pipe(v.string(), v.regex(/^\/(?![/\\])[\w\-./]*$/), v.maxLength(256)),
});
export const ssoVisitReply = v.object({ url: v.string(), state: ssoState });

export const ssoBindBody = v.object({
  state: ssoState,
  code: v.pipe(v.string(), v.nonEmpty(), v.maxLength(2_048)),
  /** The provider's `iss`, where it sends one (RFC 9207). */
  issuer: v.optional(v.pipe(v.string(), v.maxLength(512))),
  ...ofTheApp,
});

export const codeWaySchema = v.picklist(['email', 'mobile']);
export type CodeWay = v.InferOutput<typeof codeWaySchema>;

const namedBy = { schoolId: schoolIdSchema, number: shortText, name: shortText, way: codeWaySchema };
export const identityCodeBody = v.object(namedBy);
/** The same for everybody, whether a message went out or not. */
export const identityCodeReply = v.object({
  resendAfterSeconds: v.pipe(v.number(), v.integer()),
  livesSeconds: v.pipe(v.number(), v.integer()),
});
export type IdentityCodeReply = v.InferOutput<typeof identityCodeReply>;

export const codeBindBody = v.object({ ...namedBy, code: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(16)), ...ofTheApp });
