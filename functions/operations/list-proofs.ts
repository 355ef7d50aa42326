import type { ProofKind, RulePack } from '../../shared/rule-pack';
import { offeredProofs } from '../domain/second-proof';
import type { Holders } from '../store/holders';
import type { HolderCaller } from './caller';
import { readHolder } from './check-password';
import { proofFacts } from './personal-data';

export interface ListProofsDeps {
  readonly holders: Pick<Holders, 'find'>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/** The second proofs this holder may give, in the school's order. Throws AppError `account.unknown`, `school.unknown`. */
export async function listProofs(deps: ListProofsDeps, caller: HolderCaller): Promise<{ offered: ProofKind[] }> {
  const [pack, holder] = await Promise.all([deps.packOf(caller.bound.schoolId), readHolder(deps, caller)]);
  return { offered: [...offeredProofs(pack, proofFacts(holder))] };
}
