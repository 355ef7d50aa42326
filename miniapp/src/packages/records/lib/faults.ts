import type { PassbookFault } from '../../../../../shared/passbook/check';

export type CheckFault =
  | PassbookFault['fault']
  | 'head-differs'
  | 'signature-bad'
  | 'key-changed'
  | 'rewritten'
  | 'row-differs'
  | 'row-missing';

export interface FoundFault {
  /** Undefined where it is of the whole book. */
  readonly n: number | undefined;
  readonly fault: CheckFault;
}
