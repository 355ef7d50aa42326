import * as v from 'valibot';
import {
  checkPayeeReply,
  pageSessionReply,
  paidForOtherSchema,
  paidForOthersReply,
  topUpForOtherReply,
} from '../../../../shared/api/others';
import { lossReply } from '../../../../shared/api/student';
import { createClient } from '../../api/client';
import { platform } from '../../platform';
import { readStored, writeStored } from '../../state/stored';
import type { PaymentChoice } from './lib/ways';

const KEY = 'page-session';
const sessionSchema = v.object({ token: v.string() });
let session = readStored(platform.storage, KEY, sessionSchema);

/** A visit of this page, not of a person: whoever uses the browser sees what was paid in it. */
const client = createClient({
  baseUrl: API_BASE,
  transport: platform.transport,
  token: () => session?.token,
  // Whoever pays here says nothing of themselves.
  consent: () => Promise.resolve(),
  signInAgain: async () => {
    const { sessionToken } = await client({ method: 'POST', path: '/student/money/page-sessions', anonymous: true }, pageSessionReply);
    session = { token: sessionToken };
    writeStored(platform.storage, KEY, session);
  },
});

export interface PayeeWords {
  readonly schoolId: string;
  readonly name: string;
  readonly number: string;
}
export interface OrderWish extends PayeeWords, PaymentChoice {
  readonly requestId: string;
  readonly amountFen: number;
}
const ORDERS = '/student/money/top-ups-for-others';
/** A platform takes its time to open an order; a repeat under the same id is the same order. */
const PLATFORM_TIMEOUT_MS = 20_000;

/** What binds an app proves the holder here too. */
export interface HolderWords extends PayeeWords {
  readonly password: string;
}

export const computerApi = {
  check: (body: PayeeWords) => client({ method: 'POST', path: `${ORDERS}/check`, body }, checkPayeeReply),
  order: (wish: OrderWish) =>
    client({ method: 'POST', path: ORDERS, body: { ...wish, screen: 'computer' }, timeoutMs: PLATFORM_TIMEOUT_MS }, topUpForOtherReply),
  find: (orderNo: string) => client({ method: 'GET', path: `${ORDERS}/${encodeURIComponent(orderNo)}` }, paidForOtherSchema),
  reportLoss: (body: HolderWords) =>
    client({ method: 'POST', path: '/student/loss-reports', body, timeoutMs: PLATFORM_TIMEOUT_MS }, lossReply),
  list: (cursor?: string) => client({ method: 'GET', path: ORDERS, query: { cursor } }, paidForOthersReply),
};
