import { createHash } from 'node:crypto';
import type { RulePack } from '../../shared/rule-pack';
import { type Roster, type RosterError, type RosterRow, readRoster } from '../domain/roster-csv';
import { mapInParallel } from '../lib/in-parallel';
import type { AccountNumbers } from '../store/account-numbers';
import type { RosterMarks } from '../store/roster-marks';
import { changeHolder, type HolderDeps, openAccount, openingOf, type RowOutcome } from './import-holder';

export interface ImportDeps extends HolderDeps {
  readonly accountNumbers: AccountNumbers;
  readonly rosterMarks: RosterMarks;
}

export interface ImportReport extends Pick<Roster, 'encoding' | 'ignoredColumns'> {
  readonly opened: number;
  readonly changed: number;
  readonly unchanged: number;
  /** By line; holds no personal data. */
  readonly errors: readonly RosterError[];
}

/** Enough to keep a table busy, few enough not to crowd out a school's payments. */
const AT_ONCE = 32;
/** Four writes each; a transaction has at most a hundred. */
const OPENED_TOGETHER = 25;

/**
 * Imports a school's list of cardholders. A new number opens an account (entry 1 of its passbook with its rows, in one
 * transaction); a known one has its facts brought up to date, and never its password, links or money. Running it again,
 * also after a crash half way, ends in the same state. An empty cell never erases what is known, and who is missing
 * from the list is left alone.
 *
 * Throws AppError: `roster.unreadable` (nothing is written), `request.busy` (run it again). What is wrong with single
 * lines is in the report.
 */
export async function importRoster(deps: ImportDeps, pack: RulePack, file: Uint8Array): Promise<ImportReport> {
  const roster = readRoster(file);
  const sha256 = createHash('sha256').update(file).digest('hex');
  if ((await deps.rosterMarks.last(pack.schoolId)) === sha256) {
    return reportOf(roster, Array<RowOutcome>(roster.rows.length).fill({ outcome: 'unchanged' }));
  }
  const { newcomers, known } = await divide(deps, pack.schoolId, roster.rows);
  const outcomes = [
    ...(await openAll(deps, pack, newcomers)),
    ...(await mapInParallel(known, AT_ONCE, ({ row, accountNo }) => changeHolder(deps, pack, row, accountNo))),
  ];
  const report = reportOf(roster, outcomes);
  // A line that was refused for what is stored may pass another time, so only a file without one is done with.
  if (outcomes.every(({ outcome }) => outcome !== 'refused')) await deps.rosterMarks.mark(pack.schoolId, sha256, deps.clock());
  return report;
}

interface Task {
  readonly row: RosterRow;
  readonly accountNo: number;
}

/** Who is new, with a number of their own each, and who is known. */
async function divide(deps: ImportDeps, schoolId: string, rows: readonly RosterRow[]): Promise<{ newcomers: Task[]; known: Task[] }> {
  const isFirst = await deps.accountNumbers.isUnused(schoolId);
  // Before a school's first account nobody can be known; should one be opened meanwhile, the transaction tells.
  const find = (row: RosterRow) => deps.holders.accountOf(schoolId, row.number);
  const found = isFirst ? rows.map(() => undefined) : await mapInParallel(rows, AT_ONCE, find);
  const unknown = rows.filter((_, index) => found[index] === undefined);
  const first = unknown.length === 0 ? 0 : await deps.accountNumbers.lease(schoolId, unknown.length);
  const known = rows.flatMap((row, index) => {
    const accountNo = found[index];
    return accountNo === undefined ? [] : [{ row, accountNo }];
  });
  return { newcomers: unknown.map((row, index) => ({ row, accountNo: first + index })), known };
}

async function openAll(deps: ImportDeps, pack: RulePack, newcomers: readonly Task[]): Promise<RowOutcome[]> {
  const groups: Task[][] = [];
  for (let from = 0; from < newcomers.length; from += OPENED_TOGETHER) groups.push(newcomers.slice(from, from + OPENED_TOGETHER));
  const outcomes = await mapInParallel(groups, AT_ONCE, (group) => openGroup(deps, pack, group));
  return outcomes.flat();
}

/** All in one transaction; where one row of it stands in the way, each by itself. */
async function openGroup(deps: ImportDeps, pack: RulePack, group: readonly Task[]): Promise<RowOutcome[]> {
  const openings = group.map(({ row, accountNo }) => openingOf(deps, pack, row, accountNo));
  const writes = openings.flatMap((opening) => opening.rows);
  const together = await deps.passbook.appendTogether(
    openings.map(({ entry }) => entry),
    writes,
  );
  if (together.written) return group.map(() => ({ outcome: 'opened' }));
  return mapInParallel(group, 1, async ({ row, accountNo }) => {
    const opened = await openAccount(deps, pack, row, accountNo);
    // Another import was first with this number: then the holder is known.
    return opened === 'number-known' ? changeHolder(deps, pack, row, await accountOf(deps, pack.schoolId, row.number)) : opened;
  });
}

async function accountOf(deps: ImportDeps, schoolId: string, number: string): Promise<number> {
  const accountNo = await deps.holders.accountOf(schoolId, number);
  if (accountNo === undefined) throw new Error('a number whose row exists names no account');
  return accountNo;
}

function reportOf(roster: Roster, outcomes: readonly RowOutcome[]): ImportReport {
  const count = (wanted: RowOutcome['outcome']): number => outcomes.filter(({ outcome }) => outcome === wanted).length;
  const refused = outcomes.flatMap((outcome) => (outcome.outcome === 'refused' ? [outcome.error] : []));
  return {
    encoding: roster.encoding,
    ignoredColumns: roster.ignoredColumns,
    opened: count('opened'),
    changed: count('changed'),
    unchanged: count('unchanged'),
    errors: [...roster.errors, ...refused].sort((a, b) => a.line - b.line),
  };
}
