import { entryDetailReply, passbookReply, type StatementQuery } from '../../../../shared/api/records';
import { type StatementReply, statementReply } from '../../../../shared/api/student';
import { client } from '../../state/services';

export const recordsApi = {
  statement: (query: StatementQuery): Promise<StatementReply> =>
    client({ method: 'GET', path: '/student/statement', query: { ...query } }, statementReply),
  entry: (n: number) => client({ method: 'GET', path: `/student/entries/${n}` }, entryDetailReply),
  passbook: (from: number) => client({ method: 'GET', path: '/student/passbook', query: { from }, timeoutMs: 20_000 }, passbookReply),
};
