import type { RulePack } from '../../shared/rule-pack';
import { type Roster, type RosterError, type RosterRow, readRoster } from '../domain/roster-csv';
import type { Clock } from '../lib/clock';
import { mapInParallel } from '../lib/in-parallel';
import type { AccountNumbers } from '../store/account-numbers';
import { changeHolder, type HolderDeps, openAccount, type RowOutcome } from './import-holder';

export interface ImportDeps extends HolderDeps {
  readonly accountNumbers: AccountNumbers;
  readonly clock: Clock;
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
  const known = await mapInParallel(roster.rows, AT_ONCE, (row) => deps.holders.accountOf(pack.schoolId, row.number));
  const newcomers = known.filter((accountNo) => accountNo === undefined).length;
  let accountNo = newcomers === 0 ? 0 : await deps.accountNumbers.lease(pack.schoolId, newcomers);
  const tasks = roster.rows.map((row, index) => {
    const knownNo = known[index];
    return knownNo === undefined ? { row, isNew: true, accountNo: accountNo++ } : { row, isNew: false, accountNo: knownNo };
  });
  const outcomes = await mapInParallel(tasks, AT_ONCE, ({ row, isNew, accountNo: no }) => importRow(deps, pack, row, isNew, no));
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

async function importRow(deps: ImportDeps, pack: RulePack, row: RosterRow, isNew: boolean, accountNo: number): Promise<RowOutcome> {
  if (!isNew) return changeHolder(deps, pack, row, accountNo);
  const opened = await openAccount(deps, pack, row, accountNo);
  // Another import was first with this number: then the holder is known.
  return opened === 'number-known' ? changeHolder(deps, pack, row, await accountOf(deps, pack.schoolId, row.number)) : opened;
}

async function accountOf(deps: ImportDeps, schoolId: string, number: string): Promise<number> {
  const accountNo = await deps.holders.accountOf(schoolId, number);
  if (accountNo === undefined) throw new Error('a number whose row exists names no account');
  return accountNo;
}
