import type { CasesReply, CloseAccountReply, HolderReply, SaleRefundReply, StaffRefundReply } from '../../shared/api/office';
import { AppError } from '../../shared/errors';
import { type Fen, fen } from '../../shared/money';
import { type EpochMs, toIso } from '../../shared/time';
import { balancesView } from '../domain/entry-view';
import { maskName } from '../domain/masks';
import { normaliseNumber } from '../domain/plain-text';
import { holderChange } from '../domain/posting';
import type { Holders } from '../store/holders';
import { type CloseOutDeps, closeAccount } from './close-account';
import { type DisputeDeps, resolveDispute } from './dispute-sale';
import { shownNumber } from './personal-data';
import { type RefundDeps, refund } from './refund';
import { type RefundSaleDeps, refundSale } from './refund-sale';

/** What the card office and finance do for one holder. Each is a normal operation, asked by a member of staff and recorded by `audited`. */
export interface OfficeDeps extends RefundDeps, RefundSaleDeps, DisputeDeps, CloseOutDeps {
  readonly holders: Pick<Holders, 'find' | 'accountOf'>;
}

export interface OfficeAsk {
  readonly schoolId: string;
  readonly accountNo: number;
  /** User name of the member of staff. */
  readonly by: string;
}

/** Who has this number, masked, and how the account stands. Throws AppError: `account.unknown`, `school.unknown`. */
export async function findHolderForOffice(deps: OfficeDeps, schoolId: string, number: string): Promise<HolderReply> {
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const accountNo = await deps.holders.accountOf(schoolId, normaliseNumber(number));
  if (accountNo === undefined) throw new AppError('account.unknown');
  const [holder, head] = await Promise.all([deps.holders.find(schoolId, accountNo), deps.passbook.head(schoolId, accountNo)]);
  if (holder === undefined || head === undefined) throw new AppError('account.unknown');
  const { lostAt, codesFrozen, closed, walletOpen, cardIssue } = head.state;
  const iso = (at: EpochMs): string => toIso(at, utcOffsetMinutes);
  return {
    ...{ accountNo, kind: holder.kind, codesFrozen, closed, walletOpen, cardIssue, lastEntryN: head.n },
    nameMasked: maskName(holder.name),
    numberMasked: shownNumber(holder),
    balances: balancesView(head.state),
    lostAt: lostAt === 0 ? null : iso(lostAt),
    asOf: iso(deps.clock()),
  };
}

/**
 * Money back to its payers, of all lots or of one. Throws AppError: `payment.amount-invalid`, `refund.over-rest`, `refund.nothing-left`,
 * `refund.too-old`, `refund.not-yours`, `refund.too-soon`, `request.replayed-differently`, `account.unknown`, `school.unknown`, `request.busy`.
 */
export async function refundForOffice(
  deps: OfficeDeps,
  { schoolId, accountNo, by }: OfficeAsk,
  wish: {
    readonly requestId: string;
    readonly amountFen?: unknown;
    readonly whose: 'own' | 'everyone';
    readonly orderNo?: string | undefined;
    readonly reason: string;
  },
): Promise<StaffRefundReply> {
  const { requestId, whose, orderNo, reason } = wish;
  const amountFen = wish.amountFen === undefined ? 'all' : amountOf(wish.amountFen);
  const done = await refund(deps, { schoolId, accountNo, requestId, amountFen, whose, orderNo, askedBy: `staff:${by}`, reason });
  const parts = done.payOuts.map((payOut) => ({ payOutNo: payOut.payOutNo, amountFen: payOut.amountFen, state: payOut.state }));
  return { refundId: done.refund.refundId, parts };
}

/**
 * A sale taken back, whole or in part. Throws AppError: `payment.amount-invalid`, `dispute.not-disputable`, `refund.over-rest`,
 * `request.replayed-differently`, `account.unknown`, `school.unknown`, `request.busy`.
 */
export async function refundSaleForOffice(
  deps: OfficeDeps,
  { schoolId, accountNo, by }: OfficeAsk,
  wish: { readonly n: number; readonly requestId: string; readonly amountFen?: unknown; readonly reason: string },
): Promise<SaleRefundReply> {
  const sale = await deps.passbook.entry(schoolId, accountNo, wish.n);
  if (sale === undefined) throw new AppError('dispute.not-disputable');
  const amountFen = wish.amountFen === undefined ? 'rest' : amountOf(wish.amountFen);
  const { entry, payOut } = await refundSale(deps, { sale, by: wish.requestId, amountFen, askedBy: `staff:${by}`, reason: wish.reason });
  return { n: entry.n, amountFen: payOut?.amountFen ?? holderChange(entry.postings), payOutNo: payOut?.payOutNo ?? null };
}

/** The newest fifty disputes with what is known of each. Throws AppError `school.unknown`. */
export async function listCases(deps: OfficeDeps, schoolId: string): Promise<CasesReply> {
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const iso = (at: EpochMs): string => toIso(at, utcOffsetMinutes);
  const { disputes } = await deps.disputes.ofSchool(schoolId);
  return {
    cases: disputes.map(({ accountNo, n, state, since, openedAt, reason, text, evidence }) => ({
      ...{ accountNo, n, state, reason, text },
      ...{ terminal: evidence.terminal, sequence: evidence.sequence, amountFen: evidence.amountFen },
      since: iso(since),
      openedAt: iso(openedAt),
      soldAt: iso(evidence.occurredAt),
      terminalSays: evidence.statement?.outcome ?? null,
      neighbours: evidence.neighbours.map(({ entryId, kind, amountFen, recordedAt }) => ({
        entryId,
        kind,
        amountFen,
        recordedAt: iso(recordedAt),
      })),
    })),
  };
}

/** Throws AppError: `dispute.unknown`, `reversal.already`, `request.replayed-differently`, `account.unknown`, `request.busy`, `school.unknown`. */
export async function resolveCase(
  deps: OfficeDeps,
  { schoolId, accountNo, by }: OfficeAsk,
  decided: { readonly n: number; readonly decision: 'reverse' | 'reject'; readonly note: string },
) {
  const { state, since } = await resolveDispute(deps, { schoolId, accountNo, by, ...decided });
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  return { state, since: toIso(since, utcOffsetMinutes) };
}

/** Throws AppError: `payment.amount-invalid`, `account.unknown`, `school.unknown`, `request.busy`. */
export async function closeAccountForOffice(
  deps: OfficeDeps,
  { schoolId, accountNo, by }: OfficeAsk,
  acknowledged: unknown,
): Promise<CloseAccountReply> {
  const acknowledgedFen = acknowledged === undefined ? undefined : amountOf(acknowledged);
  const closed = await closeAccount(deps, { schoolId, accountNo, by, acknowledgedFen });
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const { state, since, depositFen, subsidyFen, refundIds, remainder, closedN } = closed;
  return {
    ...{ state, depositFen, subsidyFen },
    since: toIso(since, utcOffsetMinutes),
    refundIds: [...refundIds],
    remainder: remainder.map(({ reason, amountFen }) => ({ reason, amountFen })),
    closedN: closedN ?? null,
  };
}

function amountOf(value: unknown): Fen {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0) throw new AppError('payment.amount-invalid');
  return fen(value);
}
