import * as v from 'valibot';
import type { ApiSlice } from '../route';
import {
  changeTerminalBody,
  enrolmentCodeReply,
  newTerminalBody,
  staffTerminalSchema,
  staffTerminalsQuery,
  staffTerminalsReply,
  terminalPinBody,
} from '../staff-terminals';
import { wantedAmount } from '../wanted-amount';

const params = { terminal: v.pipe(v.string(), v.regex(/^[1-9]\d{0,5}$/)) };

export const staffTerminalsSlice: ApiSlice = {
  schemas: {
    NewTerminalBody: v.strictObject({ ...newTerminalBody.entries, maxSaleFen: v.nullable(wantedAmount) }),
    ChangeTerminalBody: v.strictObject({ ...changeTerminalBody.entries, maxSaleFen: v.nullable(wantedAmount) }),
    StaffTerminal: staffTerminalSchema,
    StaffTerminalsReply: staffTerminalsReply,
    EnrolmentCodeReply: enrolmentCodeReply,
    TerminalPinBody: terminalPinBody,
    GatesResetReply: v.object({ accountNo: v.number() }),
  },
  routes: [
    {
      method: 'GET',
      path: '/staff/terminals',
      id: 'listTerminals',
      summary: 'Terminals by number, with what each said of itself last',
      caller: 'staff',
      query: staffTerminalsQuery,
      reply: 'StaffTerminalsReply',
      errors: ['staff.forbidden'],
    },
    {
      method: 'POST',
      path: '/staff/terminals',
      id: 'createTerminal',
      summary: 'A terminal that is to come, and the one-time code that its machine enrols with',
      caller: 'staff',
      body: 'NewTerminalBody',
      reply: 'EnrolmentCodeReply',
      errors: ['staff.forbidden', 'enrolment.number-taken', 'payment.amount-invalid', 'request.busy'],
    },
    {
      method: 'PUT',
      path: '/staff/terminals/{terminal}',
      id: 'changeTerminal',
      summary: 'Name, place and limit of a terminal',
      caller: 'staff',
      params,
      body: 'ChangeTerminalBody',
      reply: 'StaffTerminal',
      errors: ['staff.forbidden', 'terminal.unknown', 'payment.amount-invalid', 'request.busy'],
    },
    {
      method: 'POST',
      path: '/staff/terminals/{terminal}/codes',
      id: 'renewEnrolmentCode',
      summary: 'Another code for a terminal that has not enrolled yet',
      caller: 'staff',
      params,
      reply: 'EnrolmentCodeReply',
      errors: ['staff.forbidden', 'terminal.unknown', 'terminal.revoked', 'enrolment.number-taken', 'request.busy'],
    },
    {
      method: 'POST',
      path: '/staff/terminals/{terminal}/revocation',
      id: 'revokeTerminal',
      summary: 'Refused by every function within ten seconds, for ever',
      caller: 'staff',
      params,
      reply: 'StaffTerminal',
      errors: ['staff.forbidden', 'terminal.unknown', 'request.busy'],
    },
    {
      method: 'POST',
      path: '/staff/gate-passages/{accountNo}/reset',
      id: 'resetGates',
      summary: 'Somebody whom a gate keeps out is outside everywhere; codes that were used stay used',
      caller: 'staff',
      params: { accountNo: v.pipe(v.string(), v.regex(/^[1-9]\d{0,8}$/)) },
      reply: 'GatesResetReply',
      errors: ['staff.forbidden', 'request.busy'],
    },
    {
      method: 'PUT',
      path: '/staff/terminal-pin',
      id: 'setTerminalPin',
      summary: 'The six digits that a supervisor types at a terminal of their merchant',
      caller: 'staff',
      body: 'TerminalPinBody',
      reply: 'EmptyReply',
      errors: ['staff.forbidden', 'staff.no-match', 'auth.password-weak', 'auth.locked', 'request.busy'],
    },
  ],
};
