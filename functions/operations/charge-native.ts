import type { SaleBody } from '../../shared/api/terminal';
import { readCode } from '../../shared/code-format';
import { AppError, type ErrorCode, isAppError } from '../../shared/errors';
import { type Fen, fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import { CHARGE_EARLY_MS } from '../domain/charge-window';
import type { Entry } from '../domain/entry';
import {
  ASK_WITHIN_MS,
  type AskedPayment,
  askedPayment,
  fencedPayment,
  type NativePayment,
  type NativeSale,
  nativeOrderNumber,
  refusedPayment,
  SEND_WITHIN_MS,
  saleEndsAt,
} from '../domain/native-payment';
import type { PlatformChannel } from '../domain/order';
import type { CodePaymentAnswer } from '../platforms/contract';
import type { Terminal } from '../store/terminals';
import { advanceNative, askLater, giveUp, isOf, type NativeDeps, replaced, reread, sell } from './native-payment';

export interface ChargeNativeDeps extends NativeDeps {
  /** The app that a payer's code is charged with at each platform: the mini-program's. */
  readonly saleApps: Readonly<Record<PlatformChannel, string>>;
}

/** A sale whose terminal has been verified. */
export interface NativeRequest {
  readonly body: SaleBody;
  /** SHA-256 (hex) of the signed body bytes. */
  readonly bodyHash: string;
  /** 1 for the first sending; more means an older one may still be on its way. */
  readonly attempt: number;
  readonly terminal: Terminal;
  readonly pack: RulePack;
}

/** As of every sale: a definite answer stays the same for ever. */
export type NativeAnswer =
  | { readonly outcome: 'charged' | 'voided'; readonly entry: Entry }
  | { readonly outcome: 'pending'; readonly payment: AskedPayment }
  | { readonly outcome: 'not-charged'; readonly code: ErrorCode; readonly definite: boolean }
  | { readonly outcome: 'unknown'; readonly code: ErrorCode };

/**
 * Charges the payer's own WeChat or Alipay code, once, whatever number of attempts arrive. The row stands before the platform is asked, and
 * the platform is asked by whoever wrote it, once: a call whose answer is lost is ended by questions, never by another call.
 *
 * Throws AppError `payment.other-body`, `terminal.wrong-kind`. Every other refusal is an answer.
 */
export async function chargeNative(deps: ChargeNativeDeps, request: NativeRequest): Promise<NativeAnswer> {
  const named = nameSale(deps, request);
  if ('outcome' in named) return named;
  const { sale, code } = named;
  const found = await deps.natives.find(sale.schoolId, nativeOrderNumber(sale));
  if (found !== undefined) return hear(deps, request, found);
  const now = deps.clock();
  if (now < sale.occurredAt - CHARGE_EARLY_MS) return { outcome: 'not-charged', code: 'terminal.clock', definite: false };
  const refusal = judge(sale, request, now);
  if (refusal !== undefined) {
    // A first attempt's refusal writes nothing: it is final as long as no second one is sent.
    return request.attempt === 1 ? { outcome: 'not-charged', code: refusal, definite: false } : fence(deps, request, sale, refusal);
  }
  const payment = askedPayment(sale, now);
  const first = await deps.natives.insert(payment);
  if (first !== undefined) return hear(deps, request, first);
  await askLater(deps, payment);
  return answerOf(deps, await askForMoney(deps, payment, { code, description: descriptionOf(request) }));
}

function judge(sale: NativeSale, { pack, terminal }: NativeRequest, now: EpochMs): ErrorCode | undefined {
  if (!(pack.nativeCodes ?? []).includes(sale.channel)) return 'native.not-offered';
  if (terminal.maxSaleFen !== undefined && sale.amountFen > terminal.maxSaleFen) return 'payment.over-terminal-limit';
  return now > sale.occurredAt + ASK_WITHIN_MS ? 'payment.not-charged' : undefined;
}

const SYSTEMS = { wechat: 'wechat-pay', alipay: 'alipay' } as const;

/** Whose code it is, or the refusal that no attempt can change. */
export function nameSale(
  deps: Pick<ChargeNativeDeps, 'saleApps'>,
  { body, bodyHash, terminal }: NativeRequest,
): { readonly sale: NativeSale; readonly code: string } | NativeAnswer {
  if ((terminal.kind ?? 'pos') !== 'pos') throw new AppError('terminal.wrong-kind');
  const never = (code: ErrorCode) => ({ outcome: 'not-charged', code, definite: true }) as const;
  if (body.kind !== 'charge-code') return never('native.campus-code');
  const code = body.code.replace(/\s/g, '');
  const { system } = readCode(code);
  if (system === 'campus') return never('native.campus-code');
  if (system === 'pass' || system === 'identity-pass') return never(`code.${system}`);
  if (system === 'unionpay') return never('code.unionpay');
  if (system === 'unknown') return never('code.malformed');
  const amountFen = amountOf(body.amountFen);
  if (amountFen === undefined) return never('payment.amount-invalid');
  const channel = SYSTEMS[system];
  const { schoolId, sequence, occurredAt } = body;
  const facts = { schoolId, terminal: body.terminal, sequence, bodyHash, amountFen, occurredAt };
  return { code, sale: { ...facts, channel, appId: deps.saleApps[channel], merchant: terminal.merchant } };
}

function amountOf(value: unknown): Fen | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? fen(value) : undefined;
}

/** What the payer reads in the app: "上科大 一号窗口". */
function descriptionOf({ pack, terminal }: NativeRequest): string {
  return `${pack.shortName.zh} ${terminal.name}`;
}

async function askForMoney(
  deps: NativeDeps,
  payment: AskedPayment,
  { code, description }: { readonly code: string; readonly description: string },
): Promise<NativePayment> {
  if (deps.clock() > payment.askedAt + SEND_WITHIN_MS) return replaced(deps, refusedPayment(payment, 'payment.not-charged'));
  const { orderNo: merchantOrderNo, appId, amountFen, schoolId, terminal, channel } = payment;
  const wish = { merchantOrderNo, appId, authCode: code, amountFen, description, schoolId, terminal };
  const said = await deps.platforms[channel].payByCode(wish).catch((error: unknown) => unsaid(error, merchantOrderNo));
  switch (said.status) {
    case 'paid':
      return isOf(payment, said) ? sell(deps, payment, said) : payment;
    case 'refused':
      return replaced(deps, refusedPayment(payment, said.reason === 'code-expired' ? 'native.code-expired' : 'native.refused'));
    case 'pending':
      return reread(deps, payment);
  }
}

/** Whatever else is thrown than "unavailable" was thrown before anything was sent. */
function unsaid(error: unknown, merchantOrderNo: string): CodePaymentAnswer {
  if (!isAppError(error)) throw error;
  if (error.code === 'native.unavailable') return { status: 'pending', merchantOrderNo };
  return { status: 'refused', merchantOrderNo, reason: 'refused', platformCode: error.code };
}

/** What is known of a sale whose row stands; where the platform may be asked, it is. Throws AppError `payment.other-body`. */
export async function hear(deps: NativeDeps, { bodyHash }: NativeRequest, found: NativePayment): Promise<NativeAnswer> {
  if (found.bodyHash !== bodyHash) throw new AppError('payment.other-body');
  const isDue = 'dueAt' in found && found.dueAt <= deps.clock();
  return answerOf(deps, isDue ? await advanceNative(deps, found) : found);
}

/** After C + 60 s a sale that is not paid has ended, and whoever asks ends it. */
async function answerOf(deps: NativeDeps, payment: NativePayment): Promise<NativeAnswer> {
  switch (payment.state) {
    case 'asked':
      if (deps.clock() <= saleEndsAt(payment)) return { outcome: 'pending', payment };
      return answerOf(deps, await giveUp(deps, payment));
    case 'paid': {
      const entry = await deps.passbook.entry(payment.schoolId, payment.accountNo, payment.n);
      if (entry === undefined) throw new Error('a payment by code names an entry that does not exist');
      return { outcome: 'charged', entry };
    }
    case 'refused':
      return { outcome: 'not-charged', code: payment.reason, definite: true };
    case 'reversing':
    case 'reversed':
    case 'returning':
    case 'given-back':
      return { outcome: 'not-charged', code: 'native.cancelled', definite: true };
  }
}

/** No attempt of the sale can charge after it. Somebody else's row may be there first: then that one speaks. */
export async function fence(deps: NativeDeps, request: NativeRequest, sale: NativeSale, reason: ErrorCode): Promise<NativeAnswer> {
  const first = await deps.natives.insert(fencedPayment(sale, reason));
  return first === undefined ? { outcome: 'not-charged', code: reason, definite: true } : hear(deps, request, first);
}
