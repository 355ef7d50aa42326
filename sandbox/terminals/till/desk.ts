import { fen, parseYuan } from '../../../shared/money';
import type { Bilingual } from '../../../shared/rule-pack';
import type { Screen, ScreenButton, ScreenNotice } from '../machine';
import type { CardChip } from '../physical-card';
import { type Pos, TillRefusal } from '../pos';
import type { PinKey } from '../seal-pin';
import type { OfflinePassVerifier } from './forwarder';
import type { JournalSale } from './memory';
import type { ReceiptHead } from './receipt';
import type { IdentityPrices, Means } from './requests';

/** A key of the fixed-price mode. */
export interface Dish {
  readonly id: string;
  readonly name: Bilingual;
  readonly priceFen: number;
  readonly prices?: IdentityPrices;
}

/** What is to be paid, before anybody has held out a code or a card. */
export interface Due {
  readonly amountFen: number;
  readonly prices?: IdentityPrices;
}

/** What the pages of a till have at hand. */
export interface TillDesk {
  readonly pos: Pos;
  readonly head: ReceiptHead;
  readonly dishes: readonly Dish[];
  readonly pinKey: PinKey | undefined;
  readonly passes: OfflinePassVerifier | undefined;
  /** Dishes pressed so far in the fixed-price mode. */
  plate: readonly Dish[];
  isFixed: boolean;
  due: Due | undefined;
  /** What the holder's password is asked for. */
  asked: Means | undefined;
  /** The sale that the screen speaks of. */
  shown: number | undefined;
  /** A sentence of the till's own. */
  notice: ScreenNotice | undefined;
  /** The card on the reader. @throws CardPulled */
  card(): CardChip;
  hasCard(): boolean;
  print(lines: readonly string[]): void;
}

/** Pages lead to each other by name: whoever draws them knows them all. */
export type PageName = 'shift' | 'ready' | 'present' | 'pin' | 'open' | 'menu' | 'totals' | 'receipts' | 'refund' | 'day-end';

/** Drawn anew whenever it is looked at: what is open ends while it is shown. */
export type TillPage = (desk: TillDesk) => TillScreen;

export interface TillScreen {
  readonly screen: Screen;
  readonly on: Readonly<Record<string, (fields: Readonly<Record<string, string>>) => Promise<PageName>>>;
  /** What laying a card on the reader does here. */
  readonly onCard?: () => Promise<PageName>;
}

export const BACK: ScreenButton = { id: 'back', label: { zh: '返回', en: 'Back' }, tone: 'plain' };

export function button(id: string, zh: string, en: string, tone: ScreenButton['tone'] = 'plain'): ScreenButton {
  return { id, label: { zh, en }, tone };
}

export function good(zh: string, en: string): ScreenNotice {
  return { tone: 'good', text: { zh, en } };
}

export function bad(zh: string, en: string): ScreenNotice {
  return { tone: 'bad', text: { zh, en } };
}

/** @throws TillRefusal for what is no amount */
export function amountIn(text: string | undefined): number {
  try {
    const amountFen = parseYuan((text ?? '').trim());
    if (amountFen > 0) return amountFen;
  } catch {
    // Said below, in the cashier's words.
  }
  throw new TillRefusal({ zh: '金额不正确', en: 'The amount is not right.' });
}

export function shownSale({ pos, shown }: TillDesk): JournalSale | undefined {
  return shown === undefined ? undefined : pos.journal.sale(shown);
}

export function dueOf(plate: readonly Dish[]): Due {
  const amountFen = fen(plate.reduce((total, { priceFen }) => total + priceFen, 0));
  if (plate.every(({ prices }) => prices === undefined)) return { amountFen };
  const priceFor = (group: keyof IdentityPrices) => fen(plate.reduce((total, dish) => total + (dish.prices?.[group] ?? dish.priceFen), 0));
  return { amountFen, prices: { student: priceFor('student'), staff: priceFor('staff'), temporary: priceFor('temporary') } };
}
