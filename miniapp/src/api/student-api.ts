import * as v from 'valibot';
import { identityPassesReply } from '../../../shared/api/identity-passes';
import { passesReply } from '../../../shared/api/passes';
import {
  accountReply,
  appsReply,
  authorizeUrlReply,
  bindReply,
  codeKeyReply,
  emptyReply,
  entriesAfterReply,
  linkReply,
  listSchoolsReply,
  lossReply,
  orderReply,
  proofsReply,
  type SignInPlatform,
  schoolReply,
  signInReply,
  smsReply,
  topUpReply,
  type WebContainer,
} from '../../../shared/api/student';
import type { ChannelId } from '../../../shared/rule-pack';
import type { Client } from './client';

export interface SecondProof {
  readonly kind: 'id-tail' | 'sms';
  readonly value: string;
}
export type LinkTarget = 'wechat' | 'alipay';

const id = encodeURIComponent;
/** All that home wants of the inbox. */
const unreadReply = v.object({ unread: v.number() });

/** One function an endpoint of the student API; shapes are those of shared/api/student.ts. */
export function studentApi(client: Client) {
  return {
    schools: (query: { q?: string; city?: string; latitude?: number; longitude?: number }) =>
      client({ method: 'GET', path: '/student/schools', query, anonymous: true }, listSchoolsReply),
    school: (schoolId: string) => client({ method: 'GET', path: `/student/schools/${id(schoolId)}`, anonymous: true }, schoolReply),
    authorizeUrl: (query: { container: WebContainer; schoolId?: string; returnTo: string; state: string }) =>
      client({ method: 'GET', path: '/student/sign-in/authorize-url', query, anonymous: true }, authorizeUrlReply),
    signIn: (body: { platform: SignInPlatform; code: string; schoolId?: string }) =>
      client({ method: 'POST', path: '/student/sign-in', body, anonymous: true }, signInReply),
    bind: (body: {
      schoolId: string;
      number: string;
      name: string;
      password: string;
      deviceLabel?: string;
      consent?: { policyDay: string; agreedAt: number };
    }) => client({ method: 'POST', path: '/student/bind', body }, bindReply),
    unbind: () => client({ method: 'POST', path: '/student/unbind' }, emptyReply),
    account: () => client({ method: 'GET', path: '/student/account' }, accountReply),
    unread: () => client({ method: 'GET', path: '/student/money/notices' }, unreadReply),
    entriesAfter: (after: number) =>
      client({ method: 'GET', path: '/student/entries', query: { after }, timeoutMs: 5_000 }, entriesAfterReply),
    codeKey: () => client({ method: 'GET', path: '/student/code-key' }, codeKeyReply),
    passes: () => client({ method: 'POST', path: '/student/passes' }, passesReply),
    identityPasses: () => client({ method: 'POST', path: '/student/identity-passes' }, identityPassesReply),
    topUp: (body: { requestId: string; amountFen: number; channel: ChannelId }) =>
      client({ method: 'POST', path: '/student/top-ups', body, timeoutMs: 20_000 }, topUpReply),
    order: (orderNo: string) => client({ method: 'GET', path: `/student/top-ups/${id(orderNo)}` }, orderReply),
    proofs: () => client({ method: 'GET', path: '/student/proofs' }, proofsReply),
    smsCode: () => client({ method: 'POST', path: '/student/sms-code' }, smsReply),
    changePassword: (body: { oldPassword: string; newPassword: string; proof?: SecondProof }) =>
      client({ method: 'POST', path: '/student/password', body, timeoutMs: 20_000 }, emptyReply),
    reportLoss: (body: { password?: string; keepCodes: boolean }) =>
      client({ method: 'POST', path: '/student/loss', body, timeoutMs: 20_000 }, lossReply),
    cancelLoss: (body: { password: string; proof?: SecondProof }) =>
      client({ method: 'POST', path: '/student/loss/cancel', body, timeoutMs: 20_000 }, lossReply),
    link: (target: LinkTarget) => client({ method: 'POST', path: `/student/links/${target}` }, linkReply),
    unlink: (target: LinkTarget) => client({ method: 'DELETE', path: `/student/links/${target}` }, linkReply),
    apps: () => client({ method: 'GET', path: '/student/apps' }, appsReply),
    removeApp: (bindingId: string) => client({ method: 'DELETE', path: `/student/apps/${id(bindingId)}` }, emptyReply),
  };
}
