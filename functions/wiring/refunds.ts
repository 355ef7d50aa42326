import type { StudentRefundDeps } from '../operations/read-refunds';
import { createCloseOuts } from '../store/close-outs';
import { createHolders } from '../store/holders';
import type { MoneyParts } from './money-parts';
import { createRefundDeps } from './pay-outs';
import { createProofDeps } from './proofs';

/** What a student's refunds borrow from the world. */
export function createStudentRefundDeps(parts: MoneyParts): StudentRefundDeps {
  const { database, config, common } = parts;
  return {
    ...createRefundDeps(database, config, common),
    ...createProofDeps(parts),
    holders: createHolders(database),
    closeOuts: createCloseOuts(database),
  };
}
