import { fen } from '../../shared/money';
import { toIso } from '../../shared/time';
import { isHouseAccount } from '../domain/house-account';
import type { PlatformChannel } from '../domain/order';
import { saleEntryId } from '../domain/terminal-ring';
import type { NativeAnswer } from './charge-native';

/**
 * What a till shows of a sale by the payer's own code. Whose card it is that bought is not the till's to know: it hears whether a student is
 * named, and no balance.
 */
export function describeNative(answer: Extract<NativeAnswer, { outcome: 'charged' | 'voided' | 'pending' }>) {
  const common = { claimedFen: fen(0), cardFen: null };
  if (answer.outcome === 'pending') {
    const { amountFen, channel } = answer.payment;
    const nothingYet = { n: null, kind: null, recordedAt: null };
    return { ...common, ...nothingYet, outcome: answer.outcome, entryId: saleEntryId(answer.payment), amountFen, paidBy: channel };
  }
  const { entryId, n, kind, postings, accountNo, recordedAt } = answer.entry;
  const sold = postings.find(({ leg }) => leg.startsWith('merchant:'));
  return {
    ...common,
    ...{ outcome: answer.outcome, entryId, n, kind, recordedAt: toIso(recordedAt) },
    amountFen: fen(Math.abs(sold?.amountFen ?? 0)),
    paidBy: postings.some(({ leg }) => leg === 'channel:alipay') ? ALIPAY : WECHAT,
    buyer: isHouseAccount(accountNo) ? ('guest' as const) : ('student' as const),
  };
}

const WECHAT: PlatformChannel = 'wechat-pay';
const ALIPAY: PlatformChannel = 'alipay';
