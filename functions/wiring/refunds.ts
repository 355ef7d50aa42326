import type { StudentRefundDeps } from '../operations/read-refunds';
import { createHolders } from '../store/holders';
import { createRefundDeps } from './pay-outs';
import type { MoneyParts } from './student-money';

/** What a student's refunds borrow from the world. */
export function createStudentRefundDeps({ database, config, common }: MoneyParts): StudentRefundDeps {
  return { ...createRefundDeps(database, config, common), holders: createHolders(database) };
}
