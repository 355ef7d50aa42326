import type { RandomBytes } from '../../shared/ids';
import type { BankBindings } from '../store/bank-bindings';
import type { BankCards } from '../store/bank-cards';
import type { CardTransfers } from '../store/card-transfers';
import type { CustomerInfos } from '../store/customer-infos';
import type { Holders } from '../store/holders';
import type { Database } from '../store/table';
import type { UnionpayChecks } from '../store/unionpay-checks';
import type { Banks } from './bank-order-source';
import type { ProofDeps } from './check-second-proof';
import type { GuessDeps } from './guess-guard';
import type { MerchantDeps } from './merchant-names';
import type { PayOutDeps } from './pay-out';
import type { QueryDeps } from './query-order';
import type { SendSmsCodeDeps } from './send-sms-code';

/** All that bank card and wallet borrow from the world; each operation names its own part. */
export interface WalletDeps extends QueryDeps, ProofDeps, GuessDeps, MerchantDeps, PayOutDeps, Omit<SendSmsCodeDeps, 'holders'> {
  readonly holders: Pick<Holders, 'find'>;
  readonly banks: Banks;
  readonly bankCards: BankCards;
  readonly bankBindings: BankBindings;
  readonly cardTransfers: CardTransfers;
  readonly customerInfos: CustomerInfos;
  readonly unionpayChecks: UnionpayChecks;
  readonly transact: Database['transact'];
  readonly randomBytes: RandomBytes;
}
