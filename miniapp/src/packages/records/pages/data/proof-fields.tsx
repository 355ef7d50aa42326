import { useState } from 'react';
import type { SecondProof } from '../../../../api/student-api';
import { Field } from '../../../../components/field';
import { SecondProofFields } from '../../../../components/second-proof';
import { useApp } from '../../../../state/app-state';
import type { Proofs } from '../../data-api';
import { useWords } from '../../i18n';

/** Password and second proof; tells them once both are there. */
export function ProofFields({ id, onChange }: { readonly id: string; readonly onChange: (proofs: Proofs | undefined) => void }) {
  const { w, b } = useWords();
  const pack = useApp((state) => state.pack);
  const [password, setPassword] = useState('');
  const [proof, setProof] = useState<SecondProof>();
  const tell = (nextPassword: string, nextProof: SecondProof | undefined) => {
    setPassword(nextPassword);
    setProof(nextProof);
    onChange(nextPassword === '' || nextProof === undefined ? undefined : { password: nextPassword, proof: nextProof });
  };
  return (
    <>
      <Field
        id={`${id}-password`}
        label={pack === null ? w('data.password') : b(pack.passwords.query)}
        value={password}
        onChange={(text) => tell(text, proof)}
        secret
      />
      <SecondProofFields onChange={(next) => tell(password, next)} />
    </>
  );
}
