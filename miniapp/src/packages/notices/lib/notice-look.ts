import { negate, ZERO } from '../../../../../shared/money';
import type { IconName } from '../../../components/icon';
import type { ScreenName } from '../../../lib/go';
import { signed, yuan } from '../../../lib/money-text';
import type { ShownNotice } from '../api';

export type ShownKind = ShownNotice['kind'];

interface Look {
  readonly icon: IconName;
  /** `warn`: there is something to do or to doubt. `good`: money came. */
  readonly tone: 'plain' | 'warn' | 'good';
  /** What it did to the holder's money: came in, went out, or moved elsewhere. `words`: its sentence says the amount. */
  readonly money: 'in' | 'out' | 'elsewhere' | 'words';
  /** Where it matters; undefined where nothing more can be seen or done. */
  readonly leads?: 'entry' | 'order' | 'top-up' | ScreenName;
}

const LOOKS: Readonly<Record<ShownKind, Look>> = {
  'low-balance': { icon: 'wallet', tone: 'warn', money: 'words', leads: 'top-up' },
  'large-spend': { icon: 'pay', tone: 'plain', money: 'out', leads: 'entry' },
  'loss-reported': { icon: 'shield', tone: 'warn', money: 'words', leads: 'loss' },
  'loss-cancelled': { icon: 'shield', tone: 'plain', money: 'words', leads: 'loss' },
  'app-bound': { icon: 'phones', tone: 'warn', money: 'words', leads: 'apps' },
  'claim-waiting': { icon: 'clock', tone: 'plain', money: 'in', leads: 'transfers' },
  'sale-refunded': { icon: 'refresh', tone: 'good', money: 'in', leads: 'entry' },
  'subsidy-granted': { icon: 'tag', tone: 'good', money: 'in', leads: 'statement' },
  'subsidy-expiring': { icon: 'clock', tone: 'warn', money: 'words' },
  'subsidy-expired': { icon: 'tag', tone: 'plain', money: 'out', leads: 'statement' },
  'order-credited': { icon: 'check', tone: 'good', money: 'in', leads: 'order' },
  'order-refunded': { icon: 'refresh', tone: 'plain', money: 'elsewhere' },
  'refund-succeeded': { icon: 'check', tone: 'good', money: 'elsewhere', leads: 'refunds' },
  'refund-returned': { icon: 'refresh', tone: 'plain', money: 'in', leads: 'refunds' },
  'refund-stuck': { icon: 'warning', tone: 'warn', money: 'elsewhere', leads: 'refunds' },
  'sale-reversed': { icon: 'refresh', tone: 'good', money: 'in', leads: 'statement' },
  'dispute-decided': { icon: 'help', tone: 'plain', money: 'words', leads: 'disputes' },
  debt: { icon: 'warning', tone: 'warn', money: 'out', leads: 'debt' },
  other: { icon: 'bell', tone: 'plain', money: 'words' },
};

export const lookOf = (kind: ShownKind): Look => LOOKS[kind];

/** "−128.00" for what went, "+50.00" for what came, "¥50.00" for what moved between others; undefined where no amount stands apart. */
export function amountText({ kind, amountFen }: Pick<ShownNotice, 'kind' | 'amountFen'>): string | undefined {
  const { money } = lookOf(kind);
  if (amountFen === ZERO || money === 'words') return undefined;
  if (money === 'elsewhere') return yuan(amountFen);
  return signed(money === 'in' ? amountFen : negate(amountFen));
}

export interface Lead {
  readonly screen: ScreenName;
  readonly query: Readonly<Record<string, string>>;
}

/** The screen that a press opens. A notice whose entry or order is not named leads to where such things are listed. */
export function leadOf({ kind, n, about }: Pick<ShownNotice, 'kind' | 'n' | 'about'>): Lead | 'top-up' | undefined {
  const { leads } = lookOf(kind);
  if (leads === undefined || leads === 'top-up') return leads;
  if (leads === 'entry') return n === null ? { screen: 'statement', query: {} } : { screen: 'entry', query: { n: String(n) } };
  if (leads === 'order') return about === null ? { screen: 'transfers', query: {} } : { screen: 'order', query: { no: about } };
  return { screen: leads, query: {} };
}
