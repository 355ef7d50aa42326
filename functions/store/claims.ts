import * as v from 'valibot';
import { type Fen, fen } from '../../shared/money';
import type { Database, TableWrite } from './table';

/**
 * Permanent row of a claim or of cash put into a machine: what makes it happen at most once. Its id is "terminal-sequence" for what a
 * machine asked, and made from the phone's request for a claim in the app.
 */
export interface Claim {
  readonly schoolId: string;
  readonly claimId: string;
  readonly amountFen: Fen;
  /** SHA-256 (hex) of the signed body; absent of what an app asked. */
  readonly bodyHash?: string;
  /** The entry; absent where the money went to suspense, because the card named nobody. */
  readonly entry?: { readonly accountNo: number; readonly n: number };
}

export interface Claims {
  /** Strongly consistent. */
  find(schoolId: string, claimId: string): Promise<Claim | undefined>;
  /** The write that claims the id; it fails when it was used already. */
  row(claim: Claim): TableWrite;
  /** The same by itself. False: somebody was first. */
  insert(claim: Claim): Promise<boolean>;
}

const schema = v.object({
  schoolId: v.string(),
  claimId: v.string(),
  amountFen: v.pipe(v.number(), v.safeInteger(), v.transform(fen)),
  bodyHash: v.exactOptional(v.string()),
  entry: v.exactOptional(v.object({ accountNo: v.number(), n: v.number() })),
});

function key(schoolId: string, claimId: string) {
  return { pk: `${schoolId}#CLAIM#${claimId}`, sk: 'CLAIM' };
}

export function createClaims({ records }: Pick<Database, 'records'>): Claims {
  const write = (claim: Claim) => {
    const { entry, bodyHash, ...facts } = claim;
    return {
      put: {
        ...key(claim.schoolId, claim.claimId),
        ...facts,
        ...(bodyHash === undefined ? {} : { bodyHash }),
        ...(entry === undefined ? {} : { entry: { ...entry } }),
      },
      when: { is: 'absent' } as const,
    };
  };
  return {
    async find(schoolId, claimId) {
      const item = await records.get(key(schoolId, claimId), { consistent: true });
      return item === undefined ? undefined : v.parse(schema, item);
    },
    row: (claim) => ({ table: 'records', write: write(claim) }),
    async insert(claim) {
      const { put, when } = write(claim);
      return (await records.put(put, when)).written;
    },
  };
}
