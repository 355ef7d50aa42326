import { tells } from './lies';
import type { BillLie, JournalLine } from './state';

export interface Column {
  readonly name: string;
  readonly cell: (line: JournalLine) => string;
}

/** The columns as the lies want them: turned round by a third, and one more that nobody knows in the middle. */
export function lyingColumns(columns: readonly Column[], lies: readonly BillLie[]): readonly Column[] {
  const third = Math.floor(columns.length / 3);
  const turned = tells(lies, 'other-column-order') ? [...columns.slice(third), ...columns.slice(0, third)] : columns;
  if (!tells(lies, 'unknown-column')) return turned;
  const middle = Math.floor(turned.length / 2);
  return [...turned.slice(0, middle), { name: '数字人民币钱包', cell: () => '无' }, ...turned.slice(middle)];
}
