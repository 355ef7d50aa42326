import type { ErrorCode } from '../../errors';
import { exportReply, myDataReply, proofsBody } from '../my-data';
import type { ApiSlice } from '../route';

const PROOF_ERRORS: readonly ErrorCode[] = [
  'account.unknown',
  'auth.password-change-required',
  'auth.second-proof-required',
  'auth.second-proof-not-offered',
  'auth.second-proof-wrong',
  'auth.wrong-password',
  'auth.locked',
  'request.busy',
];

/** What is kept of a holder: seen, copied, deleted (docs/decisions/0028-my-data.md). */
export const myDataSlice: ApiSlice = {
  schemas: { MyDataReply: myDataReply, ProofsBody: proofsBody, ExportReply: exportReply },
  routes: [
    {
      method: 'GET',
      path: '/student/my-data',
      id: 'readMyData',
      summary: 'The consent of this app, a deletion that waits, and what stands in the way of one',
      caller: 'holder',
      reply: 'MyDataReply',
      errors: ['account.unknown', 'school.unknown'],
    },
    {
      method: 'POST',
      path: '/student/my-data/export',
      id: 'exportMyData',
      summary: 'What is kept of the person, their apps and settings; orders, notices and months are read at their own addresses',
      caller: 'holder',
      body: 'ProofsBody',
      reply: 'ExportReply',
      errors: [...PROOF_ERRORS, 'school.unknown'],
    },
    {
      method: 'POST',
      path: '/student/my-data/deletion',
      id: 'requestDeletion',
      summary: 'Ask for deletion: card, codes and passes stop now, the person is erased after the days in which it can be cancelled',
      caller: 'holder',
      body: 'ProofsBody',
      reply: 'MyDataReply',
      errors: [...PROOF_ERRORS, 'school.unknown', 'deletion.blocked'],
    },
    {
      method: 'DELETE',
      path: '/student/my-data/deletion',
      id: 'cancelDeletion',
      summary: 'Cancel it; the card stays stopped until its loss report is taken back',
      caller: 'holder',
      reply: 'MyDataReply',
      errors: ['account.unknown', 'school.unknown', 'deletion.begun', 'request.busy'],
    },
  ],
};
