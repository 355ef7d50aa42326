import { exportReply, myDataReply } from '../../../../shared/api/my-data';
import type { SecondProof } from '../../api/student-api';
import { client } from '../../state/services';

const PATH = '/student/my-data';

/** Both at once: a found phone is signed in, and may have shown the password. */
export interface Proofs {
  readonly password: string;
  readonly proof?: SecondProof;
}

/** One function an endpoint under /student/my-data; shapes are those of shared/api/my-data.ts. */
export const dataApi = {
  read: () => client({ method: 'GET', path: PATH }, myDataReply),
  copy: (proofs: Proofs) => client({ method: 'POST', path: `${PATH}/export`, body: proofs }, exportReply),
  remove: (proofs: Proofs) => client({ method: 'POST', path: `${PATH}/deletion`, body: proofs }, myDataReply),
  keep: () => client({ method: 'DELETE', path: `${PATH}/deletion` }, myDataReply),
};
