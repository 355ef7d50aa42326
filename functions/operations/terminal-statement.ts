import type { EpochMs } from '../../shared/time';
import type { TerminalStatement } from '../domain/dispute';
import type { TerminalBatches } from '../store/terminal-batches';

export interface StatedSale {
  readonly schoolId: string;
  readonly terminal: number;
  readonly day: string;
  readonly sequence: number;
  readonly recordedAt: EpochMs;
}

/**
 * What a terminal has stated of a sale, if anything: the part about its sequence, or the closed day as a whole. A statement that came before
 * the sale was recorded cannot have known of it, and says nothing.
 */
export async function terminalStatement(
  deps: { readonly terminalBatches: Pick<TerminalBatches, 'head' | 'covering'> },
  sale: StatedSale,
): Promise<TerminalStatement | undefined> {
  const { schoolId, terminal, day, sequence, recordedAt } = sale;
  const [head, part] = await Promise.all([
    deps.terminalBatches.head(schoolId, terminal, day),
    deps.terminalBatches.covering({ schoolId, terminal, day }, sequence),
  ]);
  const at = head.closedAt ?? part?.receivedAt;
  if (at === undefined) return undefined;
  const isClosed = head.closedAt !== undefined;
  const line = part?.lines.find((one) => one.sequence === sequence);
  if (line !== undefined) return { outcome: line.outcome, amountFen: line.amountFen, at, isClosed };
  return at < recordedAt ? undefined : { outcome: 'absent', at, isClosed };
}
