import { platform } from '../../platform';
import { readStored, writeStored } from '../../state/stored';
import { type CheckedMonth, checkedMonthSchema } from './lib/checked-month';

const KEY = 'checked-month';

export function keptMonth(): CheckedMonth | undefined {
  return readStored(platform.storage, KEY, checkedMonthSchema);
}

export function keepChecked(month: CheckedMonth): void {
  writeStored(platform.storage, KEY, month);
}
