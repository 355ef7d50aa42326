import type { SecondProof } from '../../../api/student-api';
import { Card } from '../../../components/card';
import { SecondProofFields } from '../../../components/second-proof';
import { Failed, Loading } from '../../../components/states';
import { api } from '../../../state/services';
import { useLoad } from '../../../state/use-load';

export interface ProofState {
  readonly proof: SecondProof | undefined;
  /** It is given, or this school takes it at the desk only and what the desk has seen counts. */
  readonly enough: boolean;
}
export const NO_PROOF: ProofState = { proof: undefined, enough: false };

/** Who they are, proved once more for this one deed. */
export function ProofFields({ onChange }: { readonly onChange: (state: ProofState) => void }) {
  const offered = useLoad(async () => {
    const kinds = (await api.proofs()).offered;
    if (kinds.every((kind) => kind === 'desk')) onChange({ proof: undefined, enough: true });
    return kinds;
  }, 'proofs');
  if (offered.data === undefined) {
    return offered.failure === undefined ? (
      <Loading rows={1} />
    ) : (
      <Failed id="proofs-retry" failure={offered.failure} onRetry={offered.reload} />
    );
  }
  if (offered.data.every((kind) => kind === 'desk')) return null;
  return (
    <Card>
      <SecondProofFields onChange={(proof) => onChange({ proof, enough: proof !== undefined })} />
    </Card>
  );
}
