import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { systemClock } from '../lib/clock';
import { jsonSetting } from '../lib/config';
import { createFieldCipher } from '../lib/field-cipher';
import { fieldKeysSetting } from '../lib/key-ring-setting';
import type { ConfirmDeps } from '../operations/confirm-order';
import type { PayOutDeps, PayOutRoute } from '../operations/pay-out';
import type { RefundDeps } from '../operations/refund';
import { utilityRoute } from '../operations/utility-route';
import { createBankPayOutRoute } from '../operations/withdrawal-route';
import { createUtilityGateway } from '../platforms/utility/utility-gateway';
import { createBankCards } from '../store/bank-cards';
import { createPayOuts } from '../store/pay-outs';
import { createRefunds } from '../store/refunds';
import type { Database } from '../store/table';
import { createBanks } from './banks';
import { createConfirmDeps } from './money-in';
import { createRefundRouteTo } from './refund-route';
import { topUpSettings } from './top-ups';

/** Of every function that sends money out, or asks what became of it. */
export const payOutSettings = {
  ...topUpSettings,
  ...fieldKeysSetting,
  ECODE_UTILITY: jsonSetting,
};
const settings = v.object(payOutSettings);
type PayOutConfig = Pick<
  v.InferOutput<typeof settings>,
  'ECODE_WECHAT_PAY' | 'ECODE_ALIPAY' | 'ECODE_BANK' | 'ECODE_CALLBACK_BASE_URL' | 'ECODE_FIELD_KEYS' | 'ECODE_UTILITY'
>;

/** All ways out, each by its kind. @throws AppError config.invalid */
export function createPayOutDeps(database: Database, config: PayOutConfig, common: ConfirmDeps = createConfirmDeps(database)): PayOutDeps {
  const world = { fetch, now: systemClock, randomBytes };
  return {
    ...common,
    payOuts: createPayOuts(database),
    routes: {
      refund: refundRoute(database, config, common),
      withdrawal: bankRoute(config),
      utility: utilityRoute(createUtilityGateway(config.ECODE_UTILITY, world)),
    },
  };
}

/** What refunds borrow from the world beside the ways out. */
export function createRefundDeps(database: Database, config: PayOutConfig, common: ConfirmDeps = createConfirmDeps(database)): RefundDeps {
  const bankCards = createBankCards(database);
  return {
    ...common,
    ...createPayOutDeps(database, config, common),
    refunds: createRefunds(database),
    async bankCardOf(schoolId, accountNo) {
      const card = await bankCards.find(schoolId, accountNo);
      return card?.state === 'bound' ? { agreementRef: card.agreement, cardTail: card.cardTail } : undefined;
    },
  };
}

function refundRoute(database: Database, config: PayOutConfig, { orders }: ConfirmDeps): PayOutRoute {
  return createRefundRouteTo(database, config, { orders, toBank: bankRoute(config) });
}

function bankRoute(config: PayOutConfig): PayOutRoute {
  return createBankPayOutRoute({ banks: createBanks(config), fieldCipher: createFieldCipher(config.ECODE_FIELD_KEYS, randomBytes) });
}
