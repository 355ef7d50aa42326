import * as v from 'valibot';
import { AppError, type ErrorCode } from '../../../shared/errors';
import { fen } from '../../../shared/money';
import type { BankCodeSent, BankPayment } from '../contract';
import { nothingKnown, type Partner, type SignedAnswer, wordOf } from '../signed-exchange';
import { parseRfc3339 } from '../wire';

/** Reads what the bank has signed. What does not fit its schema says nothing: bank.unavailable. */

const instant = v.pipe(v.string(), v.transform(parseRfc3339), v.number());
const amount = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.transform(fen));
export const agreementRefSchema = v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/));

const codeSent = v.object({
  // A bank that sends the whole number does not get it onto our screens.
  maskedMobile: v.pipe(v.string(), v.maxLength(20), v.regex(/^[\d*]*\*{3,}[\d*]*$/)),
  resendAt: instant,
  expiresAt: instant,
});
const agreement = v.object({ agreementRef: agreementRefSchema, cardTail: v.pipe(v.string(), v.regex(/^\d{4}$/)) });
const payment = v.union([
  v.object({
    status: v.literal('succeeded'),
    amountFen: amount,
    bankTradeNo: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/)),
    at: instant,
  }),
  v.object({ status: v.literal('failed'), reason: v.string() }),
  // Every status that we do not know is pending; a success that lacks its amount is no such status.
  v.object({ status: v.pipe(v.string(), v.notValue('succeeded'), v.notValue('failed')) }),
]);
const cancelled = v.object({ status: v.string() });
const verified = v.object({ match: v.boolean() });

export function readCodeSent(partner: Partner, content: unknown): BankCodeSent {
  return read(partner, codeSent, content);
}

export function readAgreement(partner: Partner, content: unknown): v.InferOutput<typeof agreement> {
  return read(partner, agreement, content);
}

export function readPayment(partner: Partner, requestNo: string, content: unknown): BankPayment {
  const said = read(partner, payment, content);
  if ('amountFen' in said) return { ...said, requestNo };
  if ('reason' in said) return { status: 'failed', requestNo, reason: wordOf(said.reason) };
  return { status: said.status === 'not-found' ? 'not-found' : 'pending', requestNo };
}

const CANCELLED = ['cancelled', 'already-paid', 'not-found'] as const;

export function readCancelled(partner: Partner, content: unknown): (typeof CANCELLED)[number] | 'pending' {
  const { status } = read(partner, cancelled, content);
  return CANCELLED.find((known) => known === status) ?? 'pending';
}

export function readVerified(partner: Partner, content: unknown): 'match' | 'no-match' {
  return read(partner, verified, content).match ? 'match' : 'no-match';
}

function read<T>(partner: Partner, schema: v.GenericSchema<unknown, T>, content: unknown): T {
  const parsed = v.safeParse(schema, content);
  if (!parsed.success) throw nothingKnown(partner, 'answer-malformed', 200);
  return parsed.output;
}

const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  'card-unknown': 'bank.card-unknown',
  'card-not-own': 'bank.card-not-own',
  'card-not-debit': 'bank.card-not-debit',
  'card-other-bank': 'bank.card-other-bank',
  'binding-ended': 'bank.binding-ended',
  'over-limit': 'bank.over-limit',
  'code-wrong': 'bank.code-wrong',
  'code-expired': 'bank.code-expired',
  'code-locked': 'bank.code-locked',
  'code-too-soon': 'bank.code-too-soon',
};
const count = v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0)));
const refusal = v.object({ code: v.string(), triesLeft: count, maxFen: count, retryAfterSeconds: count });

/** The content of an answer; a refusal is thrown as our own error. */
export function contentOf(partner: Partner, answer: SignedAnswer): unknown {
  if (answer.kind === 'answer') return answer.content;
  if (answer.kind === 'number-reused') throw new AppError('request.replayed-differently', { platform: partner.platform });
  const { code, ...numbers } = read(partner, refusal, answer.content);
  const known = Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
  if (known === undefined) throw new AppError('bank.refused', { platform: partner.platform, bankCode: wordOf(code) });
  throw new AppError(
    known,
    Object.fromEntries(Object.entries(numbers).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
  );
}
