import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { offeredProofs } from '../domain/second-proof';
import { missingProof } from '../domain/standing';
import type { Holder, Holders } from '../store/holders';
import type { TableWrite } from '../store/table';
import type { HolderCaller } from './caller';
import { readHolder } from './check-password';
import { checkSecondProof, guessSecondProof, type ProofDeps, type SecondProof } from './check-second-proof';
import type { GuessDeps } from './guess-guard';
import { proofFacts } from './personal-data';

/**
 * A holder who has changed the initial password and given a second proof before (architecture §5).
 * Throws AppError: `auth.password-change-required`, `auth.second-proof-required`, `account.unknown`.
 */
export async function provenHolder(deps: { readonly holders: Pick<Holders, 'find'> }, caller: HolderCaller): Promise<Holder> {
  const holder = await readHolder(deps, caller);
  const missing = missingProof(holder);
  if (missing !== undefined) throw new AppError(missing);
  return holder;
}

/**
 * The same, and a proof given now. Answers how to read the rows that use it up: anew in each try, so that one code allows one thing. Where the
 * school offers the desk only, what the desk has seen counts.
 *
 * Throws AppError as `provenHolder` and `guessSecondProof`.
 */
export async function proveNow(
  deps: ProofDeps & GuessDeps & { readonly holders: Pick<Holders, 'find'> },
  caller: HolderCaller,
  { pack, proof }: { readonly pack: RulePack; readonly proof: SecondProof | undefined },
): Promise<() => Promise<readonly TableWrite[]>> {
  const holder = await provenHolder(deps, caller);
  const facts = proofFacts(holder);
  if (offeredProofs(pack, facts).every((kind) => kind === 'desk')) return async () => [];
  await guessSecondProof(deps, caller, { holder, pack, proof, now: deps.clock() });
  return () => checkSecondProof(deps, { holder, pack, proof, now: deps.clock() });
}
