import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import type { Fen } from '../../../shared/money';
import type { BankGateway, BankPayment } from '../contract';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import { exchangeSigned, nothingKnown, type Partner, partnerSettings, requestNoSchema } from '../signed-exchange';
import { cut } from '../wire';
import { agreementRefSchema, contentOf, readAgreement, readCancelled, readCodeSent, readPayment, readVerified } from './answers';
import { seal, sealKeySetting } from './seal';

/**
 * A school's bank over the signed exchange of `signed-exchange.ts`; docs/bank-gateway.md tells the bank's engineers act by act. Money is integer
 * fen, instants are ISO 8601. `requestNo` is the bank's idempotency key for ever: the same content is the same act, other content is
 * refused (409). A query that finds nothing makes void what was signed before it, so that a sending still on its way moves nothing.
 */
const bankSchema = v.object({ ...partnerSettings, sealKey: sealKeySetting });
const bankSettings = v.object({ schools: v.record(v.string(), bankSchema) });

type BankSettings = v.InferOutput<typeof bankSchema>;

/** One bank per school, from ECODE_BANK: {"schools": {"<schoolId>": {…}}}. @throws AppError config.invalid */
export function createBankGateways(input: unknown, deps: PlatformDeps): (schoolId: string) => BankGateway | undefined {
  const { schools } = readSettings('bank', bankSettings, input);
  const gateways = new Map(Object.entries(schools).map(([schoolId, settings]) => [schoolId, gatewayOf(settings, deps)]));
  return (schoolId) => gateways.get(schoolId);
}

/** @throws AppError config.invalid */
export function createBankGateway(input: unknown, deps: PlatformDeps): BankGateway {
  return gatewayOf(readSettings('bank', bankSchema, input), deps);
}

interface Transfer {
  readonly requestNo: string;
  readonly agreementRef: string;
  readonly amountFen: Fen;
  readonly description: string;
}

/** For the cardholder's bank statement. */
const DESCRIPTION_LENGTH = 40;

function gatewayOf({ sealKey, ...settings }: BankSettings, deps: PlatformDeps): BankGateway {
  const partner: Partner = { ...settings, platform: 'bank', unavailable: 'bank.unavailable' };

  async function ask(act: string, requestNo: string, content: Readonly<Record<string, unknown>>): Promise<unknown> {
    check(requestNoSchema, requestNo, 'requestNo');
    return contentOf(partner, await exchangeSigned(partner, deps, { act, requestNo, content }));
  }

  /** Names, ID, card and mobile numbers leave only sealed to the bank's key. */
  const sealed = (requestNo: string, content: unknown) =>
    seal(content, { key: sealKey, clientId: settings.clientId, requestNo }, deps.randomBytes);

  async function transfer(act: string, request: Transfer): Promise<BankPayment> {
    const { requestNo, ...content } = transferOf(request);
    const payment = readPayment(partner, requestNo, await ask(act, requestNo, content));
    return asOutcome(partner, payment, request.amountFen);
  }

  const query = async (act: string, requestNo: string) => readPayment(partner, requestNo, await ask(act, requestNo, {}));

  return {
    async startBinding({ requestNo, schoolId, ...holder }) {
      const card = check(holderSchema, holder, 'holder');
      return readCodeSent(partner, await ask('/bindings/start', requestNo, { schoolId, sealed: sealed(requestNo, card) }));
    },
    async confirmBinding({ requestNo, code }) {
      return readAgreement(partner, await ask('/bindings/confirm', requestNo, { code: check(codeSchema, code, 'code') }));
    },
    async bindVouched({ requestNo, schoolId, ...holder }) {
      const card = check(vouchedSchema, holder, 'holder');
      return readAgreement(partner, await ask('/bindings/vouched', requestNo, { schoolId, sealed: sealed(requestNo, card) }));
    },
    async endBinding({ agreementRef }) {
      check(agreementRefSchema, agreementRef, 'agreementRef');
      // The contract gives this act no number of its own: one per agreement makes a repeat the same act.
      const requestNo = `end_${createHash('sha256').update(agreementRef).digest('hex').slice(0, 32)}`;
      await ask('/bindings/end', requestNo, { agreementRef });
    },
    async startDebit(request) {
      const { requestNo, ...content } = transferOf(request);
      return readCodeSent(partner, await ask('/debits/start', requestNo, content));
    },
    async resendCode({ requestNo }) {
      return readCodeSent(partner, await ask('/codes/resend', requestNo, {}));
    },
    async confirmDebit({ requestNo, code }) {
      const content = await ask('/debits/confirm', requestNo, { code: check(codeSchema, code, 'code') });
      return asOutcome(partner, readPayment(partner, requestNo, content));
    },
    debit: (request) => transfer('/debits/now', request),
    queryDebit: ({ requestNo }) => query('/debits/query', requestNo),
    async cancelDebit({ requestNo }) {
      return readCancelled(partner, await ask('/debits/cancel', requestNo, {}));
    },
    payOut: (request) => transfer('/pay-outs/pay', request),
    queryPayOut: ({ requestNo }) => query('/pay-outs/query', requestNo),
    async verifyCardholder({ requestNo, ...holder }) {
      const content = check(cardholderSchema, holder, 'holder');
      return readVerified(partner, await ask('/cardholders/verify', requestNo, { sealed: sealed(requestNo, content) }));
    },
  };
}

const codeSchema = v.pipe(v.string(), v.regex(/^\d{4,8}$/));
const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(64));
const idNumber = v.pipe(v.string(), v.trim(), v.toUpperCase(), v.regex(/^[0-9A-Z]{5,20}$/));
const cardNumber = v.pipe(
  v.string(),
  v.transform((text) => text.replaceAll(' ', '')),
  v.regex(/^\d{12,19}$/),
);
const holderSchema = v.object({ name, idNumber, cardNumber: v.optional(cardNumber) });
const idTail = v.pipe(v.string(), v.trim(), v.toUpperCase(), v.regex(/^[0-9A-Z]{4,20}$/));
const vouchedSchema = v.object({ name, idTail, cardNumber });
const cardholderSchema = v.object({ name, idNumber, cardNumber, mobile: v.pipe(v.string(), v.regex(/^1\d{10}$/)) });
const transferSchema = v.object({
  requestNo: requestNoSchema,
  agreementRef: agreementRefSchema,
  amountFen: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  description: v.pipe(
    v.string(),
    v.transform((text) => cut(text, DESCRIPTION_LENGTH)),
  ),
});

function transferOf(request: Transfer): v.InferOutput<typeof transferSchema> {
  return check(transferSchema, request, 'request');
}

/** Refuses before anything is sent, naming the field and never its value. */
function check<const S extends v.GenericSchema>(schema: S, value: unknown, field: string): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw new AppError('request.malformed', { field: v.getDotPath(parsed.issues[0]) ?? field });
}

/** The act was just asked for: `not-found` makes no sense here, and another amount is no answer to this request. Both are settled by a query. */
function asOutcome(partner: Partner, payment: BankPayment, amountFen?: Fen): BankPayment {
  if (payment.status === 'not-found') return { status: 'pending', requestNo: payment.requestNo };
  if (payment.status === 'succeeded' && amountFen !== undefined && payment.amountFen !== amountFen) {
    throw nothingKnown(partner, 'other-amount', 200);
  }
  return payment;
}
