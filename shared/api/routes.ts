import type * as v from 'valibot';
import { bilingualSchema, rulePackSchema } from '../rule-pack';
import { balancesSchema, bilingualViewSchema, entryViewSchema, errorBodySchema } from './common';
import type { ApiRoute } from './route';
import { autoTopUpSlice } from './routes/auto-top-up';
import { callbackSlice } from './routes/callbacks';
import { disputeSlice } from './routes/disputes';
import { financeSlice } from './routes/finance';
import { giftSlice } from './routes/gifts';
import { moneyFlowSlice } from './routes/money-flow';
import { myDataSlice } from './routes/my-data';
import { noticesSlice } from './routes/notices';
import { officeSlice } from './routes/office';
import { othersSlice } from './routes/others';
import { passSlice } from './routes/passes';
import { purseSlice } from './routes/purses';
import { refundSlice } from './routes/refunds';
import { staffSlice } from './routes/staff';
import { staffTerminalsSlice } from './routes/staff-terminals';
import { studentSlice } from './routes/student';
import { terminalSlice } from './routes/terminal';
import { terminalBankSlice } from './routes/terminal-bank';
import { batchSlice } from './routes/terminal-batches';
import { terminalCardsSlice } from './routes/terminal-cards';
import { terminalIdentitiesSlice } from './routes/terminal-identities';
import { terminalLifeSlice } from './routes/terminal-life';
import { terminalNativeSlice } from './routes/terminal-native';
import { terminalRefundSlice } from './routes/terminal-refunds';
import { terminalServicesSlice } from './routes/terminal-services';
import { terminalStatementsSlice } from './routes/terminal-statements';
import { utilitySlice } from './routes/utilities';
import { walletSlice } from './routes/wallet';
import { waysInSlice } from './routes/ways-in';
import { emptyReply } from './student';

/**
 * Every address of the product's API, once: what goes in, what comes out, which refusals. docs/openapi.json is made
 * from it, and a test holds it against the routers and serverless.yml.
 */
const slices = [
  studentSlice,
  terminalSlice,
  callbackSlice,
  staffSlice,
  financeSlice,
  officeSlice,
  othersSlice,
  passSlice,
  autoTopUpSlice,
  giftSlice,
  utilitySlice,
  walletSlice,
  refundSlice,
  disputeSlice,
  batchSlice,
  moneyFlowSlice,
  noticesSlice,
  myDataSlice,
  terminalNativeSlice,
  terminalServicesSlice,
  terminalCardsSlice,
  purseSlice,
  terminalLifeSlice,
  staffTerminalsSlice,
  terminalBankSlice,
  terminalStatementsSlice,
  terminalRefundSlice,
  terminalIdentitiesSlice,
  waysInSlice,
] as const;

export const apiSchemas: Readonly<Record<string, v.GenericSchema>> = {
  ErrorBody: errorBodySchema,
  Bilingual: bilingualSchema,
  BilingualView: bilingualViewSchema,
  Balances: balancesSchema,
  EntryView: entryViewSchema,
  RulePack: rulePackSchema,
  EmptyReply: emptyReply,
  ...Object.assign({}, ...slices.map(({ schemas }) => schemas)),
};

export const apiRoutes: readonly ApiRoute[] = slices.flatMap(({ routes }) => routes);
