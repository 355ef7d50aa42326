import { isAppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import type { Holder } from '../store/holders';
import type { HolderCaller } from './caller';
import { checkPassword, type PasswordDeps } from './check-password';
import { guessSecondProof, type ProofDeps, type SecondProof } from './check-second-proof';
import { returnGuessed } from './guess-guard';

/** Password and second proof, given now: whoever found a phone has its session and may have seen the password. */
export interface Proofs {
  readonly password: string;
  readonly proof?: SecondProof | undefined;
}

/**
 * Judges both. Using up a code is for the write that they allow.
 *
 * Throws AppError: `auth.second-proof-required`, `auth.second-proof-not-offered`, `auth.second-proof-wrong`, `auth.wrong-password`,
 * `auth.locked`, `request.busy`.
 */
export async function giveProofs(
  deps: PasswordDeps & ProofDeps,
  caller: HolderCaller,
  { pack, holder, proofs }: { readonly pack: RulePack; readonly holder: Holder; readonly proofs: Proofs },
): Promise<void> {
  const guess = await checkPassword(deps, caller, { holder, pack, password: proofs.password });
  try {
    await guessSecondProof(deps, caller, { holder, pack, proof: proofs.proof, now: deps.clock() });
    await returnGuessed(deps, guess);
  } catch (error) {
    if (!isAppError(error, 'auth.second-proof-wrong')) await returnGuessed(deps, guess);
    throw error;
  }
}
