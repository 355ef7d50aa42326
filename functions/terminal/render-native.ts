import type { SaleReply } from '../../shared/api/terminal';
import { errorTable, errorText } from '../../shared/errors';
import { type EpochMs, toIso } from '../../shared/time';
import { type HttpReply, jsonReply } from '../lib/http';
import type { NativeAnswer } from '../operations/charge-native';
import { describeNative } from '../operations/describe-native';

/** The answer about a sale by the payer's own code, in the form of every sale. */
export function renderNative(answer: NativeAnswer, serverTime: EpochMs): HttpReply {
  const time = { serverTime: toIso(serverTime) };
  if ('entry' in answer || 'payment' in answer) {
    const definite = answer.outcome !== 'pending';
    return jsonReply({ ...describeNative(answer), definite, reason: null, ...time } satisfies SaleReply, definite ? 200 : 202);
  }
  const { status, zh, en } = errorText(answer.code, errorTable);
  const body: SaleReply = {
    outcome: answer.outcome,
    definite: answer.outcome === 'not-charged' && answer.definite,
    ...{ entryId: null, n: null, kind: null, amountFen: 0, claimedFen: 0, cardFen: null, recordedAt: null },
    reason: { code: answer.code, messageZh: zh, messageEn: en },
    ...time,
  };
  return jsonReply(body, status);
}
