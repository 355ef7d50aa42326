import { clearReceivableReply } from '../../../../shared/api/receivables';
import { client } from '../../state/services';

/** One function an endpoint of the money API; their schemas are loaded with this subpackage and not before. */
export const moneyApi = {
  clearReceivable: () => client({ method: 'POST', path: '/student/receivables/clear', timeoutMs: 20_000 }, clearReceivableReply),
};
