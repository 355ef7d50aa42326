import { readCode, type ScannedCode } from '../../../shared/code-format';
import type { CardChip } from '../physical-card';
import { type PinKey, sealPin } from '../seal-pin';
import type { AskedAs } from './answers';
import type { Door, MeansKind } from './memory';
import type { TillIdentity } from './sender';

/** What the customer holds out: a code that was scanned, or a card on the reader. */
export type Means = { readonly by: 'code'; readonly code: string } | { readonly by: 'card'; readonly chip: CardChip };

/** Of a dish with a price for each identity; who pays is for the server to know, so the till sends them all. */
export interface IdentityPrices {
  readonly student?: number;
  readonly staff?: number;
  readonly temporary?: number;
}

export interface Wish {
  readonly amountFen: number;
  readonly means: Means;
  readonly prices?: IdentityPrices;
  /** As typed on the pad by the holder; it leaves the till sealed. */
  readonly pin?: { readonly digits: string; readonly key: PinKey };
}

const PATHS: Readonly<Record<Door, Readonly<Record<AskedAs, string>>>> = {
  campus: { charge: '/terminal/charges', query: '/terminal/charges/query', void: '/terminal/voids' },
  // Once it stands in the book, a sale with a password is a sale as any other.
  pin: { charge: '/terminal/pin-charges', query: '/terminal/charges/query', void: '/terminal/voids' },
  native: { charge: '/terminal/native-charges', query: '/terminal/native-charges/query', void: '/terminal/native-charges/voids' },
};

export function pathOf(door: Door, asked: AskedAs): string {
  return PATHS[door][asked];
}

/** Where a sale goes, told by the first digits of a code alone. */
export function routeOf({ means, pin }: Pick<Wish, 'means' | 'pin'>): { door: Door; means: MeansKind; payer: string } {
  const campus = pin === undefined ? 'campus' : 'pin';
  if (means.by === 'card') return { door: campus, means: 'card', payer: `card:${means.chip.cardNumber}` };
  const scanned = scannedCode(means.code);
  switch (scanned.system) {
    case 'wechat':
      return { door: 'native', means: 'wechat-pay', payer: `app:${means.code}` };
    case 'alipay':
      return { door: 'native', means: 'alipay', payer: `app:${means.code}` };
    case 'campus':
      // The handle stands for the account in every code of it.
      return { door: campus, means: 'code', payer: `code:${scanned.handle}` };
    case 'pass':
    case 'identity-pass':
    case 'unionpay':
    case 'unknown':
      return { door: campus, means: 'code', payer: `code:${means.code}` };
  }
}

export function scannedCode(code: string): ScannedCode {
  return readCode(code.replace(/\s/g, ''));
}

/** The bytes of a sale: made once, whatever becomes of it. */
export function saleBytes({ schoolId, terminal }: TillIdentity, sequence: number, occurredAt: number, wish: Wish): string {
  const { amountFen, means, prices, pin } = wish;
  const place = { schoolId, terminal, sequence };
  return JSON.stringify({
    ...place,
    amountFen,
    occurredAt,
    ...(means.by === 'code'
      ? { kind: 'charge-code', code: means.code }
      : { kind: 'charge-card', card: means.chip.cardNumber, chip: means.chip.tap({ ...place, amountFen }) }),
    ...(prices === undefined ? {} : { prices }),
    ...(pin === undefined ? {} : { pin: sealPin(pin.digits, pin.key, place) }),
  });
}
