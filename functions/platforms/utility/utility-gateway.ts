import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import { fen } from '../../../shared/money';
import type { UtilityGateway, UtilityPayment } from '../contract';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import {
  exchangeSigned,
  nothingKnown,
  type Partner,
  partnerSettings,
  requestNoSchema,
  type SignedAnswer,
  wordOf,
} from '../signed-exchange';
import { parseRfc3339 } from '../wire';

/**
 * The campus's suppliers of network and electricity (DL-01, BI-11) over the signed exchange of `signed-exchange.ts`; the acts
 * are in docs/bank-gateway.md. One address serves all schools: each request names its own. As at the bank, a number is one payment for ever, and
 * a query that finds nothing makes void what was signed before it.
 */
const utilitySettings = v.object(partnerSettings);

/** From ECODE_UTILITY. @throws AppError config.invalid */
export function createUtilityGateway(input: unknown, deps: PlatformDeps): UtilityGateway {
  const settings = readSettings('utility', utilitySettings, input);
  const partner: Partner = { ...settings, platform: 'utility', unavailable: 'utility.unavailable' };

  async function ask(act: string, requestNo: string, content: Readonly<Record<string, unknown>>): Promise<unknown> {
    return contentOf(partner, await exchangeSigned(partner, deps, { act, requestNo, content }));
  }

  return {
    async findAccount(request) {
      const wanted = check(accountSchema, request);
      // A look-up moves nothing; its number only ties the answer to it.
      const requestNo = `find_${Buffer.from(deps.randomBytes(16)).toString('hex')}`;
      const { account, maskedOwner, maskedPlace, balanceFen } = read(partner, foundSchema, await ask('/accounts/find', requestNo, wanted));
      // Paying into an account that was not asked for cannot be taken back.
      if (account !== wanted.account) throw nothingKnown(partner, 'other-account', 200);
      return {
        account,
        maskedOwner,
        ...(maskedPlace === undefined ? {} : { maskedPlace }),
        ...(balanceFen === undefined ? {} : { balanceFen }),
      };
    },
    async pay(request) {
      const { requestNo, ...content } = check(paySchema, request);
      const payment = readPayment(partner, requestNo, await ask('/payments/pay', requestNo, content));
      if (payment.status === 'succeeded' && payment.amountFen !== content.amountFen) throw nothingKnown(partner, 'other-amount', 200);
      // Just asked for, so it cannot be unknown: a query tells.
      return payment.status === 'not-found' ? { status: 'pending', requestNo } : payment;
    },
    async queryPayment(request) {
      const { requestNo } = check(querySchema, request);
      return readPayment(partner, requestNo, await ask('/payments/query', requestNo, {}));
    },
  };
}

const accountSchema = v.object({
  schoolId: v.pipe(v.string(), v.minLength(1), v.maxLength(40)),
  kind: v.picklist(['network', 'electricity']),
  account: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(40)),
});
const querySchema = v.object({ requestNo: requestNoSchema });
const positiveFen = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const paySchema = v.object({ ...querySchema.entries, ...accountSchema.entries, amountFen: positiveFen });

const shown = v.pipe(v.string(), v.maxLength(60));
const foundSchema = v.object({
  account: v.string(),
  // Enough to see that it is the right one, and not whom it belongs to.
  maskedOwner: v.pipe(shown, v.includes('*')),
  maskedPlace: v.optional(shown),
  balanceFen: v.optional(v.pipe(v.number(), v.safeInteger(), v.transform(fen))),
});
const paymentSchema = v.union([
  v.object({
    status: v.literal('succeeded'),
    amountFen: v.pipe(positiveFen, v.transform(fen)),
    receiptNo: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/)),
    at: v.pipe(v.string(), v.transform(parseRfc3339), v.number()),
  }),
  v.object({ status: v.literal('failed'), reason: v.string() }),
  v.object({ status: v.pipe(v.string(), v.notValue('succeeded'), v.notValue('failed')) }),
]);

function readPayment(partner: Partner, requestNo: string, content: unknown): UtilityPayment {
  const payment = read(partner, paymentSchema, content);
  if ('amountFen' in payment) return { ...payment, requestNo };
  if ('reason' in payment) return { status: 'failed', requestNo, reason: wordOf(payment.reason) };
  return { status: payment.status === 'not-found' ? 'not-found' : 'pending', requestNo };
}

const refusalSchema = v.object({ code: v.string() });

function contentOf(partner: Partner, answer: SignedAnswer): unknown {
  if (answer.kind === 'answer') return answer.content;
  if (answer.kind === 'number-reused') throw new AppError('request.replayed-differently', { platform: partner.platform });
  const { code } = read(partner, refusalSchema, answer.content);
  if (code === 'account-unknown') throw new AppError('utility.account-unknown');
  throw new AppError('utility.refused', { platform: partner.platform, supplierCode: wordOf(code) });
}

function check<const S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw new AppError('request.malformed', { field: v.getDotPath(parsed.issues[0]) ?? 'request' });
}

function read<T>(partner: Partner, schema: v.GenericSchema<unknown, T>, content: unknown): T {
  const parsed = v.safeParse(schema, content);
  if (!parsed.success) throw nothingKnown(partner, 'answer-malformed', 200);
  return parsed.output;
}
