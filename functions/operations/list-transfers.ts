import type { TransfersReply, TransferView } from '../../shared/api/money-flow';
import type { ClaimFormReply } from '../../shared/api/terminal-services';
import { AppError } from '../../shared/errors';
import { ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import type { Entry } from '../domain/entry';
import { type Later, laterBelow, transferOf } from '../domain/transfer';
import type { Clock } from '../lib/clock';
import type { Passbook } from '../store/passbook';
import type { AccountName } from './append-loop';
import type { HolderCaller } from './caller';

export interface TransfersDeps {
  readonly passbook: Pick<Passbook, 'head' | 'entry' | 'entries'>;
  readonly clock: Clock;
}

const PAGE = 30;
const READ_PAGE = 100;
/** A page looks at no more entries than these and may then be short, or empty: `nextCursor` goes on. */
const MAX_READS = 10;

/**
 * 查询转帐流水 of an account (ST-22), newest first: what came, whether it waits or was claimed and when, what moved within and what left. The
 * cursor carries what is known from above, so that a page costs the same wherever it begins.
 *
 * Throws AppError `account.unknown`.
 */
export async function listTransfers(
  deps: TransfersDeps,
  { schoolId, accountNo }: AccountName,
  { pack, cursor }: { readonly pack: RulePack; readonly cursor?: string | undefined },
): Promise<TransfersReply> {
  const asOf = toIso(deps.clock(), pack.utcOffsetMinutes);
  let { to, later } = await begin(deps, { schoolId, accountNo }, cursor);
  const transfers: TransferView[] = [];
  for (let reads = 0; reads < MAX_READS && to >= 1; reads += 1) {
    const { entries } = await deps.passbook.entries(schoolId, accountNo, { from: 1, to, limit: READ_PAGE });
    for (const entry of entries) {
      if (transfers.length === PAGE) return { transfers, nextCursor: cursorOf(to, later), asOf };
      const line = transferOf(entry, later, pack);
      if (line !== undefined) transfers.push(line);
      later = laterBelow(later, entry);
      to = entry.n - 1;
    }
    if (entries.length === 0) break;
  }
  return { transfers, nextCursor: to >= 1 ? cursorOf(to, later) : null, asOf };
}

/** The caller's own. Throws AppError: `account.unknown`, `school.unknown`. */
export async function listMyTransfers(
  deps: TransfersDeps & { readonly packOf: (schoolId: string) => Promise<RulePack> },
  { bound }: HolderCaller,
  cursor: string | undefined,
): Promise<TransfersReply> {
  return listTransfers(deps, bound, { pack: await deps.packOf(bound.schoolId), cursor });
}

const CURSOR = /^(\d{1,12})\.(\d{1,12})\.(\d{1,12})$/;
/** In a cursor: the closest claim is on its way into the chip. Entry 1 is never a claim. */
const WRITING = 1;

function cursorOf(to: number, { claim, written }: Later): string {
  return `${to}.${claim === undefined ? 0 : claim === 'writing' ? WRITING : claim.n}.${written?.n ?? 0}`;
}

async function begin(deps: TransfersDeps, { schoolId, accountNo }: AccountName, cursor: string | undefined) {
  const [, to, claimN, writtenN] = CURSOR.exec(cursor ?? '') ?? [];
  if (to === undefined) {
    const head = await deps.passbook.head(schoolId, accountNo);
    if (head === undefined) throw new AppError('account.unknown');
    return { to: head.n, later: {} satisfies Later as Later };
  }
  const place = async (n: number) => {
    const entry = n > WRITING ? await deps.passbook.entry(schoolId, accountNo, n) : undefined;
    return entry && { n: entry.n, at: entry.recordedAt };
  };
  const [claim, written] = await Promise.all([place(Number(claimN)), place(Number(writtenN))]);
  const known = Number(claimN) === WRITING ? ('writing' as const) : claim;
  return {
    to: Number(to),
    later: { ...(known === undefined ? {} : { claim: known }), ...(written === undefined ? {} : { written }) } as Later,
  };
}

/** The top-ups that the waiting amount is made of (ST-19), newest first: those since the last time that nothing waited. */
export async function waitingTopUps(
  { passbook }: Pick<TransfersDeps, 'passbook'>,
  head: Entry,
  pack: RulePack,
): Promise<Pick<ClaimFormReply, 'waiting' | 'more'>> {
  const waiting: ClaimFormReply['waiting'] = [];
  if (head.state.balances.transit === ZERO) return { waiting, more: false };
  const { entries, more } = await passbook.entries(head.schoolId, head.accountNo, { from: 1, to: head.n, limit: READ_PAGE });
  for (const entry of entries) {
    if (entry.state.balances.transit === ZERO) return { waiting, more: false };
    const line = transferOf(entry, {}, pack);
    if (line?.arrival?.state !== 'waiting') continue;
    if (waiting.length === PAGE) return { waiting, more: true };
    waiting.push({ name: line.name, channel: line.channel, amountFen: line.amountFen, at: line.at });
  }
  return { waiting, more };
}
