import type { ErrorCode } from '../../errors';
import type { ApiSlice } from '../route';
import { codeBindBody, identityCodeBody, identityCodeReply, ssoBindBody, ssoVisitBody, ssoVisitReply } from '../ways-in';

const BIND_ERRORS: readonly ErrorCode[] = [
  'auth.consent-required',
  'auth.locked',
  'auth.already-bound',
  'auth.too-many-apps',
  'account.unknown',
  'account.closed',
  'request.busy',
];

/** Ways to bind beside the password, in a function of their own (docs/decisions/0026-campus-sso-and-wechat-work.md). */
export const waysInSlice: ApiSlice = {
  schemas: {
    SsoVisitBody: ssoVisitBody,
    SsoVisitReply: ssoVisitReply,
    SsoBindBody: ssoBindBody,
    IdentityCodeBody: identityCodeBody,
    IdentityCodeReply: identityCodeReply,
    CodeBindBody: codeBindBody,
  },
  routes: [
    {
      method: 'POST',
      path: '/student/entry/sso',
      id: 'beginSso',
      summary: 'Where the school’s own sign-in begins for this session',
      caller: 'session',
      body: 'SsoVisitBody',
      reply: 'SsoVisitReply',
      errors: ['school.unknown', 'auth.way-not-offered', 'auth.already-bound', 'auth.sso-unavailable'],
    },
    {
      method: 'POST',
      path: '/student/entry/sso/bind',
      id: 'bindBySso',
      summary: 'Bind the card of whom the school’s own sign-in vouches for',
      caller: 'session',
      body: 'SsoBindBody',
      reply: 'BindReply',
      errors: ['school.unknown', 'auth.way-not-offered', 'auth.sso-refused', 'auth.sso-unavailable', 'auth.sso-no-card', ...BIND_ERRORS],
    },
    {
      method: 'POST',
      path: '/student/entry/codes',
      id: 'sendIdentityCode',
      summary: 'Send a code to the e-mail or mobile that the school has for a number; the answer does not tell whether there is one',
      caller: 'session',
      body: 'IdentityCodeBody',
      reply: 'IdentityCodeReply',
      errors: ['school.unknown', 'auth.way-not-offered', 'auth.already-bound', 'auth.sms-too-soon', 'request.busy'],
    },
    {
      method: 'POST',
      path: '/student/entry/codes/bind',
      id: 'bindByCode',
      summary: 'Bind by the code that was sent',
      caller: 'session',
      body: 'CodeBindBody',
      reply: 'BindReply',
      errors: ['school.unknown', 'auth.way-not-offered', 'auth.code-wrong', ...BIND_ERRORS],
    },
  ],
};
