import type { DISPUTE_REASONS, DISPUTE_STATES } from '../../shared/api/disputes';
import type { Fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';

/** What a terminal's signed statement says of a sale. `absent`: it states its sequence, or the whole day, and has no line for it. */
export interface TerminalStatement {
  readonly outcome: 'sold' | 'voided' | 'refused' | 'unknown' | 'absent';
  readonly amountFen?: Fen;
  /** When it came to us, and whether the terminal had closed its day. */
  readonly at: EpochMs;
  readonly isClosed: boolean;
}

/** What whoever decides needs to see: the sale, what came before and after it at the terminal, and what the terminal says. */
export interface DisputeEvidence {
  readonly entryId: string;
  readonly terminal: number;
  readonly sequence: number;
  readonly day: string;
  readonly amountFen: Fen;
  readonly occurredAt: EpochMs;
  readonly recordedAt: EpochMs;
  readonly neighbours: readonly {
    readonly entryId: string;
    readonly kind: string;
    readonly amountFen: Fen;
    readonly recordedAt: EpochMs;
    readonly isSameAccount: boolean;
  }[];
  readonly statement?: TerminalStatement;
}

/** A holder's doubt about one sale: one row a sale, whatever becomes of it. */
export interface Dispute {
  readonly schoolId: string;
  readonly accountNo: number;
  /** Entry number of the sale. */
  readonly n: number;
  readonly reason: (typeof DISPUTE_REASONS)[number];
  readonly text: string;
  readonly openedAt: EpochMs;
  readonly state: (typeof DISPUTE_STATES)[number];
  readonly since: EpochMs;
  readonly evidence: DisputeEvidence;
  /** "terminal-statement", or the member of staff. */
  readonly decidedBy?: string;
  readonly reversedBy?: number;
  readonly note: string;
  readonly version: number;
}

/**
 * The money comes back by itself only where the terminal's own signed statement lacks the sale. What it says it sold, and what it does not
 * know, is a person's to decide; before it has said anything there is nothing to decide by.
 */
export function judgeDispute({ statement }: DisputeEvidence): 'reverse' | 'office' | 'wait' {
  switch (statement?.outcome) {
    case undefined:
      return 'wait';
    case 'absent':
    case 'refused':
    case 'voided':
      return 'reverse';
    case 'sold':
    case 'unknown':
      return 'office';
  }
}

/** Terminal and sequence of a sale's entry id "7-1024". Undefined for what no terminal asked. */
export function saleOf(entryId: string): { readonly terminal: number; readonly sequence: number } | undefined {
  const found = /^(\d{1,6})-(\d{1,9})(?:-|$)/.exec(entryId);
  return found === null ? undefined : { terminal: Number(found[1]), sequence: Number(found[2]) };
}
