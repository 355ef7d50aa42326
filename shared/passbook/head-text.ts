import type { EpochMs } from '../time';

/**
 * What the school says of a passbook (docs/decisions/0023-signed-heads.md): at that instant its newest entry was n with that hash. Whoever
 * keeps it can show later that an entry up to n was altered or taken out.
 */
export interface HeadFacts {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly n: number;
  /** SHA-256 (hex) of entry n. */
  readonly hash: string;
  /** When the head was read. */
  readonly signedAt: EpochMs;
}

/** The signed text: no field can hold a bar. */
export function headText({ schoolId, accountNo, n, hash, signedAt }: HeadFacts): string {
  return ['head-v1', schoolId, accountNo, n, hash, signedAt].join('|');
}
