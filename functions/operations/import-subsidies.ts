import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors';
import { type Fen, sum } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import { movementDraft } from '../domain/movement';
import { grantLegs } from '../domain/subsidy';
import { type SubsidyError, subsidyError } from '../domain/subsidy-errors';
import { lastDayOf, readSubsidyList, type SubsidyList, type SubsidyRow } from '../domain/subsidy-list';
import { mapInParallel } from '../lib/in-parallel';
import type { Holders } from '../store/holders';
import type { Subsidies } from '../store/subsidies';
import { changeAccount } from './append-loop';
import { type ExpireDeps, expireLots } from './expire-lots';

export interface ImportSubsidiesDeps extends ExpireDeps {
  readonly holders: Pick<Holders, 'find' | 'accountOf'>;
  readonly subsidies: Pick<Subsidies, 'beginBatch' | 'findGrant' | 'grantRow' | 'expiryRow'>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

export interface SubsidyImport {
  readonly schoolId: string;
  /** Chosen by whoever uploads; a repeat of it with the same file goes on where it stood. */
  readonly batchId: string;
  /** 学工号, 姓名, 金额(元), 有效期至; UTF-8, GBK or UTF-16. */
  readonly bytes: Uint8Array;
  /** No further line is begun after this instant; the same call again does the rest. */
  readonly until?: EpochMs;
}

/** What became of a line. Holds no personal data. */
export type SubsidyLineOutcome =
  /** `before`: by an earlier reading of the same batch. */
  | { readonly line: number; readonly outcome: 'granted'; readonly amountFen: Fen; readonly before: boolean }
  | { readonly line: number; readonly outcome: 'refused'; readonly errors: readonly SubsidyError[] }
  /** Time was over; ask again. */
  | { readonly line: number; readonly outcome: 'waiting' };

export interface SubsidyReport extends Pick<SubsidyList, 'encoding'> {
  readonly batchId: string;
  /** Of the file, hex. */
  readonly sha256: string;
  /** False: some lines wait for another call. */
  readonly complete: boolean;
  readonly granted: number;
  readonly grantedFen: Fen;
  readonly refused: number;
  /** By line. */
  readonly lines: readonly SubsidyLineOutcome[];
}

const AT_ONCE = 16;

/**
 * Grants what finance lists, each line of a batch once, whatever crashes in between. Every line is judged before anything of it is written, and a
 * bad one stops no other.
 *
 * Throws AppError: `subsidy.unreadable` (nothing is written), `subsidy.not-offered`, `request.replayed-differently` (the batch had another
 * file), `request.busy` (call it again), `school.unknown`.
 */
export async function importSubsidies(deps: ImportSubsidiesDeps, input: SubsidyImport): Promise<SubsidyReport> {
  const { schoolId, batchId, bytes, until = Number.MAX_SAFE_INTEGER } = input;
  const pack = await deps.packOf(schoolId);
  if (pack.subsidy === undefined) throw new AppError('subsidy.not-offered');
  const list = readSubsidyList(bytes, pack.utcOffsetMinutes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const batch = await deps.subsidies.beginBatch({ schoolId, batchId, sha256, startedAt: deps.clock() });
  if (batch.sha256 !== sha256) throw new AppError('request.replayed-differently', { batchId });
  const judged = await mapInParallel(list.rows, AT_ONCE, async (row): Promise<SubsidyLineOutcome> => {
    if (deps.clock() >= until) return { line: row.line, outcome: 'waiting' };
    return grantLine(deps, { schoolId, batchId, row, pack });
  });
  const lines = [...refusedLines(list.errors), ...judged].sort((a, b) => a.line - b.line);
  const granted = lines.flatMap((line) => (line.outcome === 'granted' ? [line.amountFen] : []));
  return {
    ...{ encoding: list.encoding, batchId, sha256, lines },
    complete: lines.every(({ outcome }) => outcome !== 'waiting'),
    granted: granted.length,
    grantedFen: sum(granted),
    refused: lines.filter(({ outcome }) => outcome === 'refused').length,
  };
}

function refusedLines(errors: readonly SubsidyError[]): SubsidyLineOutcome[] {
  const byLine = new Map<number, SubsidyError[]>();
  for (const error of errors) byLine.set(error.line, [...(byLine.get(error.line) ?? []), error]);
  return [...byLine].map(([line, found]) => ({ line, outcome: 'refused', errors: found }));
}

interface Line {
  readonly schoolId: string;
  readonly batchId: string;
  readonly row: SubsidyRow;
  readonly pack: RulePack;
}

async function grantLine(deps: ImportSubsidiesDeps, task: Line): Promise<SubsidyLineOutcome> {
  const { schoolId, batchId, row, pack } = task;
  const { line } = row;
  const before = await deps.subsidies.findGrant(schoolId, batchId, line);
  if (before !== undefined) return { line, outcome: 'granted', amountFen: before.amountFen, before: true };
  const refused = (field: SubsidyError['field'], code: SubsidyError['code']): SubsidyLineOutcome => ({
    line,
    outcome: 'refused',
    errors: [subsidyError(line, field, code)],
  });
  if (row.expiresAt <= deps.clock()) return refused('expiresOn', 'date-past');
  const accountNo = await deps.holders.accountOf(schoolId, row.number);
  const holder = accountNo === undefined ? undefined : await deps.holders.find(schoolId, accountNo);
  if (accountNo === undefined || holder === undefined) return refused('number', 'number-unknown');
  if (holder.name !== row.name) return refused('name', 'name-mismatch');
  // What has run out leaves first, so that no expired lot is joined with another and lives on.
  await expireLots(deps, { schoolId, accountNo }, pack);
  const outcome = await grant(deps, task, accountNo);
  return typeof outcome === 'string' ? refused(outcome === 'date-past' ? 'expiresOn' : 'row', outcome) : outcome;
}

async function grant(
  deps: ImportSubsidiesDeps,
  task: Line,
  accountNo: number,
): Promise<SubsidyLineOutcome | 'account-closed' | 'date-past'> {
  const { schoolId, batchId, row, pack } = task;
  const { line, amountFen, expiresAt } = row;
  return changeAccount<boolean, SubsidyLineOutcome | 'account-closed' | 'date-past'>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: async () => (await deps.subsidies.findGrant(schoolId, batchId, line)) !== undefined,
    decide(head, recordedAt, done) {
      if (done) return { answer: { line, outcome: 'granted', amountFen, before: true } };
      if (head.state.closed) return { answer: 'account-closed' };
      // Judged by the time it is written at: a lot that has run out already would be found by no daily look.
      if (expiresAt <= recordedAt) return { answer: 'date-past' };
      const n = head.n + 1;
      const postings = grantLegs(head.state.subsidy, { amountFen, expiresAt });
      const entryId = `sub_${createHash('sha256').update(`${schoolId}\n${batchId}\n${line}`).digest('hex').slice(0, 24)}`;
      const movement = { kind: 'subsidy-granted', entryId, postings, family: 'subsidy', occurredAt: recordedAt, recordedAt } as const;
      const notice = { schoolId, accountNo, key: `grant/${entryId}`, kind: 'subsidy-granted', at: recordedAt } as const;
      return {
        write: movementDraft(head, movement, pack),
        rows: [
          deps.subsidies.grantRow({ schoolId, batchId, line, accountNo, n, amountFen, expiresAt }),
          deps.subsidies.expiryRow(schoolId, lastDayOf(expiresAt, pack.utcOffsetMinutes), accountNo),
          ...deps.notices.rows({ ...notice, amountFen, expiresAt, about: batchId }),
        ],
        answer: () => ({ line, outcome: 'granted', amountFen, before: false }),
      };
    },
  });
}
