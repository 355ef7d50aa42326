import type { SaleReply } from '../../shared/api/terminal';
import { errorText, terminalTexts } from '../../shared/errors';
import { type EpochMs, toIso } from '../../shared/time';
import { type HttpReply, jsonReply } from '../lib/http';
import type { SaleAnswer } from '../operations/authorize-payment';
import { describeSale } from '../operations/describe-sale';

/** A sale's answer on the wire. A refusal carries the status of its code, so that a plain HTTP client sees it too. */
export function renderSale(answer: SaleAnswer, serverTime: EpochMs): HttpReply {
  const time = toIso(serverTime);
  if ('entry' in answer) {
    const isPending = answer.outcome === 'pending';
    const body: SaleReply = { ...describeSale(answer), definite: !isPending, reason: null, serverTime: time };
    return jsonReply(body, isPending ? 202 : 200);
  }
  const { status, zh, en } = errorText(answer.code, terminalTexts);
  const body: SaleReply = {
    outcome: answer.outcome,
    definite: answer.outcome === 'not-charged' && answer.definite,
    entryId: null,
    n: null,
    kind: null,
    amountFen: 0,
    claimedFen: 0,
    cardFen: null,
    recordedAt: null,
    reason: { code: answer.code, messageZh: zh, messageEn: en },
    serverTime: time,
  };
  return jsonReply(body, status);
}
