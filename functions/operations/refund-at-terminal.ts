import type { RefundBody, RefundReply } from '../../shared/api/terminal-refunds';
import { AppError, isAppError } from '../../shared/errors';
import { type Fen, fen, subtract, ZERO } from '../../shared/money';
import { DAY_MS, toIso } from '../../shared/time';
import { terminalBook } from '../domain/books';
import type { Entry } from '../domain/entry';
import { paidThrough } from '../domain/original-route';
import type { Passwords } from '../domain/password';
import { saleFen } from '../domain/reversal';
import { isSale } from '../domain/sale-kinds';
import { mayDo } from '../domain/staff-role';
import { saleEntryId } from '../domain/terminal-ring';
import type { PinOpener } from '../lib/pin-seal';
import type { Books } from '../store/books';
import type { Staff, StaffMember } from '../store/staff';
import type { TerminalRefund, TerminalRefunds } from '../store/terminal-refunds';
import type { Terminal } from '../store/terminals';
import { type AuditDeps, writeAudit } from './audit';
import { type GuessDeps, returnGuessed, takeGuess } from './guess-guard';
import { mustBeInTime } from './machine';
import { type RefundSaleDeps, refundSale } from './refund-sale';

export interface TerminalRefundDeps extends RefundSaleDeps, GuessDeps, AuditDeps {
  readonly terminalRefunds: TerminalRefunds;
  readonly staff: Pick<Staff, 'find'>;
  readonly passwords: Pick<Passwords, 'check'>;
  readonly pinOpener: PinOpener;
  readonly books: Pick<Books, 'between'>;
}

export interface TerminalRefundRequest {
  readonly body: RefundBody;
  /** SHA-256 (hex) of the signed bytes. */
  readonly bodyHash: string;
  readonly terminal: Terminal;
  readonly sourceIp: string;
}

/** Older sales are the service desk's. */
export const REFUND_WITHIN_DAYS = 30;

/**
 * A supervisor takes an earlier sale of the merchant back, whole or in part, at a till: once for a sequence, however often it is sent. The
 * row stands before the money moves and the audit log before the row; whoever repeats the bytes finishes what was begun.
 *
 * Throws AppError: `terminal.wrong-kind`, `payment.other-body`, `payment.amount-invalid`, `terminal.clock`, `claim.too-late`,
 * `claim.pin-unreadable`, `auth.locked`, `refund.supervisor-wrong`, `staff.forbidden` (not of this merchant), `refund.sale-unknown`,
 * `refund.other-merchant`, `refund.window-over`, `refund.nothing-left`, `refund.over-rest`, `account.unknown`, `request.busy`, `school.unknown`.
 */
export async function refundAtTerminal(deps: TerminalRefundDeps, request: TerminalRefundRequest): Promise<RefundReply> {
  const { body, bodyHash, terminal } = request;
  const { schoolId, sequence } = body;
  if ((terminal.kind ?? 'pos') !== 'pos') throw new AppError('terminal.wrong-kind');
  const found = await deps.terminalRefunds.find(schoolId, terminal.terminal, sequence);
  if (found !== undefined && found.requestHash !== bodyHash) throw new AppError('payment.other-body');
  return finish(deps, request, found ?? (await begin(deps, request)));
}

/** Everything that is to be judged, in the order in which nothing is told to who is not allowed to hear it. */
async function begin(deps: TerminalRefundDeps, request: TerminalRefundRequest): Promise<TerminalRefund> {
  const { body, bodyHash, terminal } = request;
  const { schoolId, sequence, supervisor } = body;
  mustBeInTime(body, deps.clock());
  const wished = body.amountFen === undefined ? undefined : amountOf(body.amountFen);
  await checkSupervisor(deps, request);
  const sale = await findSale(deps, body);
  if (sale.merchant !== terminal.merchant) throw new AppError('refund.other-merchant');
  const now = deps.clock();
  if (sale.occurredAt < now - REFUND_WITHIN_DAYS * DAY_MS) throw new AppError('refund.window-over');
  const { reversedFen } = await deps.reversals.find(schoolId, sale.accountNo, sale.n);
  const leftFen = subtract(paidFen(sale), reversedFen);
  if (leftFen <= ZERO) throw new AppError('refund.nothing-left');
  const amountFen = wished ?? leftFen;
  if (amountFen > leftFen) throw new AppError('refund.over-rest', { leftFen });
  await note(deps, request, 'asked', `${amountFen} of ${sale.entryId}`);
  const refund: TerminalRefund = {
    ...{ schoolId, terminal: terminal.terminal, sequence, requestHash: bodyHash, supervisor },
    ...{ accountNo: sale.accountNo, saleN: sale.n, amountFen, askedAt: now, state: 'asked', version: 1 },
  };
  // Another attempt of the same sequence was first: it is asked again and finds that one.
  if (!(await deps.terminalRefunds.save(refund))) throw new AppError('request.busy');
  return refund;
}

async function finish(deps: TerminalRefundDeps, request: TerminalRefundRequest, refund: TerminalRefund): Promise<RefundReply> {
  const { schoolId, accountNo, saleN, amountFen, supervisor } = refund;
  if (refund.state === 'refused') throw new AppError('refund.over-rest');
  const sale = await deps.passbook.entry(schoolId, accountNo, saleN);
  if (sale === undefined) throw new Error('a refund names a sale that does not exist');
  if (refund.state === 'done' && refund.n !== undefined) {
    const done = await deps.passbook.entry(schoolId, accountNo, refund.n);
    if (done !== undefined) return replyOf(deps, sale, done, amountFen);
  }
  const by = `terminal-${refund.terminal}-${refund.sequence}`;
  try {
    const { entry } = await refundSale(deps, { sale, by, amountFen, askedBy: `staff:${supervisor}`, reason: 'supervisor' });
    await note(deps, request, 'done');
    await deps.terminalRefunds.save({ ...refund, state: 'done', n: entry.n, version: refund.version + 1 });
    return replyOf(deps, sale, entry, amountFen);
  } catch (error) {
    // Only this answer is final: what is left of a sale may have gone another way meanwhile, and another sequence may ask for less.
    if (!isAppError(error, 'refund.over-rest')) throw error;
    await note(deps, request, error.code);
    await deps.terminalRefunds.save({ ...refund, state: 'refused', version: refund.version + 1 });
    throw error;
  }
}

/** Name and PIN are judged together; a wrong one is counted at this terminal and at all, before it is judged. */
async function checkSupervisor(deps: TerminalRefundDeps, request: TerminalRefundRequest): Promise<StaffMember> {
  const { body, terminal } = request;
  const { schoolId, supervisor, pin } = body;
  const typed = deps.pinOpener.open(body, pin);
  const guess = await takeGuess(deps, { schoolId, subject: `terminal-pin|${supervisor}` }, { guessers: [`terminal|${terminal.terminal}`] });
  const member = await deps.staff.find(schoolId, supervisor);
  const hash = member?.terminalPinHash;
  const isRight = await deps.passwords.check(typed, hash === undefined ? undefined : { hash });
  if (!isRight || member === undefined || !member.active) {
    deps.counter.count('WrongPassword');
    if (member !== undefined) await note(deps, request, 'refund.supervisor-wrong');
    throw new AppError('refund.supervisor-wrong');
  }
  await returnGuessed(deps, guess);
  if (!mayDo(member.roles, 'terminal.refund') || !member.merchants.includes(terminal.merchant)) {
    await note(deps, request, 'staff.forbidden');
    throw new AppError('staff.forbidden', { act: 'terminal.refund' });
  }
  return member;
}

/** By the book of terminal and day, which the index shows a moment after the sale. */
async function findSale(deps: TerminalRefundDeps, { schoolId, sale }: RefundBody): Promise<Entry> {
  const place = String(sale.sequence).padStart(9, '0');
  const lines = await deps.books.between(schoolId, terminalBook(sale.terminal, sale.day), { from: place, to: place });
  const named = lines.filter(({ kind, entryId }) => isSale(kind) && entryId === saleEntryId(sale));
  const entries = await Promise.all(named.map(({ accountNo, n }) => deps.passbook.entry(schoolId, accountNo, n)));
  const [entry, another] = entries.flatMap((one) => (one !== undefined && paidFen(one) === sale.amountFen ? [one] : []));
  // One sequence in two passbooks is finance's to look at.
  if (entry === undefined || another !== undefined) throw new AppError('refund.sale-unknown');
  return entry;
}

function paidFen(sale: Entry): Fen {
  return paidThrough(sale)?.amountFen ?? saleFen(sale);
}

function amountOf(value: unknown): Fen {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0) throw new AppError('payment.amount-invalid');
  return fen(value);
}

async function note(deps: AuditDeps, { body, sourceIp }: TerminalRefundRequest, outcome: string, detail?: string): Promise<void> {
  const { schoolId, terminal, sequence, supervisor, sale } = body;
  await writeAudit(deps, {
    ...{ schoolId, userName: supervisor, act: 'terminal.refund', subject: `sale ${saleEntryId(sale)}`, outcome, sourceIp },
    detail: detail ?? `terminal ${terminal}-${sequence}`,
  });
}

async function replyOf(deps: TerminalRefundDeps, sale: Entry, entry: Entry, amountFen: Fen): Promise<RefundReply> {
  const { utcOffsetMinutes } = await deps.packOf(sale.schoolId);
  return {
    ...{ entryId: entry.entryId, n: entry.n, sale: sale.entryId, amountFen },
    to: paidThrough(sale) === undefined ? 'account' : 'payer',
    recordedAt: toIso(entry.recordedAt, utcOffsetMinutes),
    serverTime: toIso(deps.clock(), utcOffsetMinutes),
  };
}
