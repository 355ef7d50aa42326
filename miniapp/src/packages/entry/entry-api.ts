import { bindReply } from '../../../../shared/api/student';
import { type CodeWay, identityCodeReply, ssoVisitReply } from '../../../../shared/api/ways-in';
import { client } from '../../state/services';

interface NamedPerson {
  readonly schoolId: string;
  readonly number: string;
  readonly name: string;
  readonly way: CodeWay;
}

interface OfTheApp {
  readonly deviceLabel: string;
  readonly consent?: { policyDay: string; agreedAt: number };
}

/** A school's own sign-in and the gateways behind a code take their time. */
const TIMEOUT_MS = 20_000;
const post = { method: 'POST', timeoutMs: TIMEOUT_MS } as const;

/** One function an endpoint under /student/entry; shapes are those of shared/api/ways-in.ts. */
export const entryApi = {
  beginSso: (body: { schoolId: string; returnTo: string }) => client({ ...post, path: '/student/entry/sso', body }, ssoVisitReply),
  bindBySso: (body: OfTheApp & { state: string; code: string; issuer?: string }) =>
    client({ ...post, path: '/student/entry/sso/bind', body }, bindReply),
  sendCode: (body: NamedPerson) => client({ ...post, path: '/student/entry/codes', body }, identityCodeReply),
  bindByCode: (body: NamedPerson & OfTheApp & { code: string }) => client({ ...post, path: '/student/entry/codes/bind', body }, bindReply),
};
