import type { ProofKind, RulePack } from '../../shared/rule-pack';

/** What the roster knows of a holder that a second proof can rest on. */
export interface ProofFacts {
  readonly hasIdTail: boolean;
  readonly hasMobile: boolean;
}

/**
 * The second proofs an account may use, in the pack's order (architecture §5). The ID tail is never one where an
 * initial password is made from it: whoever has guessed the password would already know it. The desk is always left.
 */
export function offeredProofs(pack: Pick<RulePack, 'secondProofs' | 'signIn'>, facts: ProofFacts): readonly ProofKind[] {
  const tailIsPassword = pack.signIn.initialPassword.some((rule) => rule.kind === 'id-tail-digits');
  const offered = pack.secondProofs.filter((kind) => {
    if (kind === 'id-tail') return facts.hasIdTail && !tailIsPassword;
    return kind === 'desk' || facts.hasMobile;
  });
  return offered.length > 0 ? offered : ['desk'];
}
