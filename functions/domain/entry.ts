import { createHash } from 'node:crypto';
import type { EntryKind } from '../../shared/api/common';
import { canonicalJson, type Json } from '../../shared/canonical-json';
import type { ErrorCode } from '../../shared/errors';
import type { Fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import { monthOf } from '../../shared/time';
import type { AccountState, MonthStarts } from './account-state';
import type { Posting } from './posting';

/** Which book of the other side an entry is read from, and its place there (architecture §3). */
export interface Counterparty {
  /** Without the school: "terminal/7/2026-11-21", "channel/wechat-pay/2026-11-21/3". */
  readonly book: string;
  readonly place: string;
}

/** One line of the passbook: immutable, and complete without any other. */
export interface Entry {
  readonly form: 1;
  readonly schoolId: string;
  readonly accountNo: number;
  /** 1, 2, 3 … without a gap. */
  readonly n: number;
  readonly kind: EntryKind;
  /** "terminal-sequence[-hold]" for what a terminal asked, the order number for a top-up, a ULID otherwise. */
  readonly entryId: string;
  /** SHA-256 (hex) of the signed request body, where there was one. */
  readonly requestHash?: string;
  readonly postings: readonly Posting[];
  readonly counterparty?: Counterparty;
  /** Merchant number at the school. */
  readonly merchant?: number;
  readonly orderNo?: string;
  /** `entryId` of the entry that this one reverses. */
  readonly reverses?: string;
  /** Of a fence or a released hold: why it was not charged. */
  readonly reason?: ErrorCode;
  /** Of a hold: what the bank is asked for; the rest of the sale is reserved in the wallet. */
  readonly drawFen?: Fen;
  /** Its own day was closed already when it was recorded: the book is that of the day it was recorded. */
  readonly late?: true;
  /** Their clock. */
  readonly occurredAt: EpochMs;
  /** Ours; never decreases with n. */
  readonly recordedAt: EpochMs;
  readonly state: AccountState;
  /** SHA-256 (hex) of the previous entry; absent from entry 1. */
  readonly previousHash?: string;
}

/** What an operation decides; number, time, hash and month follow from the head. */
export type Draft = Omit<Entry, 'form' | 'schoolId' | 'accountNo' | 'n' | 'recordedAt' | 'previousHash'>;

/** SHA-256 (hex) over the RFC 8785 JSON of the entry. */
export function entryHash(entry: Entry): string {
  // An Entry is JSON by construction: strings, numbers, booleans, lists and maps, nothing else.
  return createHash('sha256')
    .update(canonicalJson(entry as unknown as Json))
    .digest('hex');
}

/** Our time for the next entry: never before the head's, whatever the clocks of two functions say. */
export function recordingTime(head: Entry, now: EpochMs): EpochMs {
  return Math.max(now, head.recordedAt);
}

/** Entry n + 1. `recordedAt` must come from `recordingTime(head, clock())` with the clock read after the head. */
export function nextEntry(head: Entry, draft: Draft, at: { recordedAt: EpochMs; utcOffsetMinutes: number }): Entry {
  const n = head.n + 1;
  const months = advanceMonth(head.state.months, n, monthOf(at.recordedAt, at.utcOffsetMinutes));
  return {
    ...draft,
    form: 1,
    schoolId: head.schoolId,
    accountNo: head.accountNo,
    n,
    recordedAt: at.recordedAt,
    state: { ...draft.state, months },
    previousHash: entryHash(head),
  };
}

/** The first entry of a passbook. */
export function firstEntry(input: {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly draft: Draft;
  readonly recordedAt: EpochMs;
  readonly utcOffsetMinutes: number;
}): Entry {
  const months = { month: monthOf(input.recordedAt, input.utcOffsetMinutes), first: 1, previousFirst: 0 };
  return {
    ...input.draft,
    form: 1,
    schoolId: input.schoolId,
    accountNo: input.accountNo,
    n: 1,
    recordedAt: input.recordedAt,
    state: { ...input.draft.state, months },
  };
}

function advanceMonth(months: MonthStarts, n: number, month: string): MonthStarts {
  return month === months.month ? months : { month, first: n, previousFirst: months.first };
}
