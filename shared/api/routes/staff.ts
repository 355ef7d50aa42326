import type { ApiSlice } from '../route';
import { auditQuery, auditReply, staffBody, staffListReply, staffSignInBody, staffSignInReply, staffViewSchema } from '../staff';

export const staffSlice: ApiSlice = {
  schemas: {
    StaffSignInBody: staffSignInBody,
    StaffSignInReply: staffSignInReply,
    StaffBody: staffBody,
    StaffView: staffViewSchema,
    StaffListReply: staffListReply,
    AuditReply: auditReply,
  },
  routes: [
    {
      method: 'POST',
      path: '/staff/sign-in',
      id: 'staffSignIn',
      summary: 'A session for a working day',
      caller: 'anyone',
      body: 'StaffSignInBody',
      reply: 'StaffSignInReply',
      errors: ['staff.no-match', 'auth.locked', 'request.busy'],
    },
    {
      method: 'POST',
      path: '/staff/sign-out',
      id: 'staffSignOut',
      summary: 'End the session',
      caller: 'staff',
      reply: 'EmptyReply',
      errors: ['request.busy'],
    },
    {
      method: 'GET',
      path: '/staff/members',
      id: 'listStaff',
      summary: 'Who works here, and as what',
      caller: 'staff',
      reply: 'StaffListReply',
      errors: ['staff.forbidden'],
    },
    {
      method: 'PUT',
      path: '/staff/members',
      id: 'saveStaff',
      summary: 'Appoint, change or dismiss a member of staff',
      caller: 'staff',
      body: 'StaffBody',
      reply: 'StaffView',
      errors: ['staff.forbidden', 'staff.second-person', 'auth.password-weak', 'request.busy'],
    },
    {
      method: 'GET',
      path: '/staff/audit',
      id: 'readAudit',
      summary: 'What the staff did, newest first, with the hashes that chain it',
      caller: 'staff',
      query: auditQuery,
      reply: 'AuditReply',
      errors: ['staff.forbidden'],
    },
  ],
};
