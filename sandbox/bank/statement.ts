import { fen, formatYuan } from '../../shared/money';
import { businessDay } from '../../shared/time';
import { beijingText } from '../lib/beijing';
import type { JournalLine } from './state';

const HEADER = ['serial', 'at', 'direction', 'amountYuan', 'balanceYuan', 'kind', 'reference', 'counterparty', 'note'];

/**
 * The statement of a school's account of one Beijing day, as its finance office downloads it: UTF-8 CSV, amounts in yuan, opening and closing
 * balance as lines of their own.
 */
export function statementCsv(
  journal: readonly JournalLine[],
  { school, day, balanceFen }: { school: string; day: string; balanceFen: number },
): string {
  const own = journal.filter((line) => line.school === school);
  const lines = linesOfDay(own, school, day);
  const after = own.filter((line) => businessDay(line.at) > day);
  const closing = balanceFen - net(after);
  const opening = closing - net(lines);
  let balance = opening;
  const cells = lines.map((line) => {
    balance += net([line]);
    return [
      line.serial,
      beijingText(line.at),
      line.direction,
      yuan(line.amountFen),
      yuan(balance),
      line.kind,
      line.reference,
      line.counterparty,
      line.note,
    ];
  });
  const edge = (name: string, balanceThen: number) => [name, '', '', '', yuan(balanceThen), '', '', '', ''];
  const rows = [HEADER, edge('opening', opening), ...cells, edge('closing', closing)];
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

export function linesOfDay(journal: readonly JournalLine[], school: string, day: string): JournalLine[] {
  return journal.filter((line) => line.school === school && businessDay(line.at) === day).sort((a, b) => a.at - b.at);
}

function net(lines: readonly JournalLine[]): number {
  return lines.reduce((sum, line) => sum + (line.direction === 'in' ? line.amountFen : -line.amountFen), 0);
}

function yuan(amountFen: number): string {
  return formatYuan(fen(amountFen));
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
