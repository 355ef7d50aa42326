import type { DeletionBlockCode } from '../../../../../shared/api/my-data';
import type { ScreenName } from '../../../lib/go';

/** Where each thing that stands in the way of a deletion is ended; undefined where only the desk or time ends it. */
const LEADS: Readonly<Record<DeletionBlockCode, ScreenName | undefined>> = {
  card: 'refunds',
  transit: 'refunds',
  'chip-pending': 'refunds',
  wallet: 'withdraw',
  purse: 'places',
  subsidy: undefined,
  owed: 'debt',
  hold: undefined,
  order: 'transfers',
  'pay-out': 'refunds',
  dispute: 'disputes',
  'bank-card': 'bank-card',
  'auto-top-up': 'auto',
};

export function leadOfBlock(code: DeletionBlockCode): ScreenName | undefined {
  return LEADS[code];
}
