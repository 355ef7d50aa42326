import { type Fen, negate, subtract, sum, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { AccountState } from './account-state';
import { cardHeld, walletAvailable } from './hold';
import { legs } from './legs';
import { move, type Posting, spendable, subsidyLeg } from './posting';
import type { Price } from './price';
import { spendSubsidy } from './subsidy';

/**
 * Subsidy first, the lot that expires first before the others, then the card, with what waits claimed in the same entry where the
 * school claims at the terminal. Undefined when it is not enough.
 */
export function cardLegs(
  state: AccountState,
  price: Price,
  merchant: number,
  { pack, recordedAt }: { readonly pack: RulePack; readonly recordedAt: EpochMs },
): readonly Posting[] | undefined {
  const claim: Fen = pack.arrival.claimAt.includes('pos') ? state.balances.transit : ZERO;
  const mine = claim === ZERO ? state.balances.card : spendable(state);
  const subsidy = spendSubsidy(state.subsidy, price.paidFen, recordedAt);
  const granted = sum(subsidy.map((part) => part.amountFen));
  const own = subtract(price.paidFen, granted);
  const available = subtract(mine, cardHeld(state, recordedAt));
  if (available < own) return undefined;
  return [
    ...(claim > 0 ? move('transit', 'card', claim) : []),
    ...subsidy.map((part) => ({ leg: subsidyLeg(part.expiresAt), amountFen: negate(part.amountFen) })),
    ...(own > 0 ? [{ leg: 'card', amountFen: negate(own) }] : []),
    ...sidesOf(price, merchant),
  ];
}

/** Undefined when the wallet is short. */
export function walletLegs(state: AccountState, price: Price, merchant: number, at: EpochMs): readonly Posting[] | undefined {
  if (walletAvailable(state, at) < price.paidFen) return undefined;
  return [{ leg: 'wallet', amountFen: negate(price.paidFen) }, ...sidesOf(price, merchant)];
}

/** The merchant gets the price whatever the school adds to it or bears of it. */
function sidesOf({ listFen, surchargeFen, discountFen }: Price, merchant: number): readonly Posting[] {
  return [
    { leg: legs.merchant(merchant), amountFen: listFen },
    ...(surchargeFen > 0 ? [{ leg: legs.surcharge, amountFen: surchargeFen }] : []),
    ...(discountFen > 0 ? [{ leg: legs.mealSubsidy, amountFen: negate(discountFen) }] : []),
  ];
}

/** The price of a sale, or of what of it was taken back, from its legs (without the claim that came with it). */
export function priceOfLegs(postings: readonly Posting[]): Price {
  const of = (fits: (leg: string) => boolean): Fen => {
    const total = sum(postings.filter(({ leg }) => fits(leg)).map(({ amountFen }) => amountFen));
    return total < 0 ? negate(total) : total;
  };
  const listFen = of((leg) => leg.startsWith('merchant:'));
  const surchargeFen = of((leg) => leg === legs.surcharge);
  const discountFen = of((leg) => leg === legs.mealSubsidy);
  return { listFen, surchargeFen, discountFen, paidFen: subtract(sum([listFen, surchargeFen]), discountFen) };
}

/** Where the holder's money of a sale came from, as a till adds up its shift; from its legs (without the claim that came with it). */
export function fundingOfLegs(postings: readonly Posting[]): readonly { source: 'card' | 'wallet' | 'subsidy'; amountFen: Fen }[] {
  const sources = [
    ['subsidy', (leg: string) => leg.startsWith('subsidy:')],
    ['card', (leg: string) => leg === 'card'],
    ['wallet', (leg: string) => leg === 'wallet'],
  ] as const;
  return sources.flatMap(([source, fits]) => {
    const amountFen = negate(sum(postings.filter(({ leg }) => fits(leg)).map((posting) => posting.amountFen)));
    return amountFen > 0 ? [{ source, amountFen }] : [];
  });
}
