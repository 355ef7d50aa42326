import type { SaleBody } from '../../shared/api/terminal';
import { add, type Fen, fen, smaller, subtract, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { AccountState, Spent } from './account-state';
import { shareOf } from './share-of';

/** What a sale costs its holder, and who gets or bears the rest: paid = list + surcharge − discount. */
export interface Price {
  /** What the merchant gets, by the holder's group. */
  readonly listFen: Fen;
  /** 搭伙费, to the school. */
  readonly surchargeFen: Fen;
  /** 首餐补贴, borne by the school. */
  readonly discountFen: Fen;
  readonly paidFen: Fen;
}

/** A discount never takes the last fen: what a holder has paid is what a void gives back, and nothing paid could not be taken back. */
const LEAST_PAID: Fen = fen(1);

/** `spent` is what has been spent of the meal period that is on. */
export function priceOf(
  amountFen: Fen,
  prices: SaleBody['prices'],
  { state, pack, spent }: { readonly state: Pick<AccountState, 'group'>; readonly pack: RulePack; readonly spent: Spent },
): Price {
  const group = state.group ?? 'student';
  const price = prices?.[group];
  const listFen = price === undefined ? amountFen : fen(price);
  const { surcharge, firstMeal } = pack.pricing ?? {};
  const surchargeFen = surcharge?.groups.includes(group) ? surchargeOn(listFen, surcharge) : ZERO;
  const beforeFen = add(listFen, surchargeFen);
  const offFen = firstMeal?.groups.includes(group) && isFirstOf(spent, firstMeal.periods) ? firstMeal.offFen : ZERO;
  const discountFen = smaller(offFen, subtract(beforeFen, smaller(beforeFen, LEAST_PAID)));
  return { listFen, surchargeFen, discountFen, paidFen: subtract(beforeFen, discountFen) };
}

function surchargeOn(listFen: Fen, surcharge: NonNullable<NonNullable<RulePack['pricing']>['surcharge']>): Fen {
  return surcharge.by === 'sum' ? surcharge.fen : shareOf(listFen, surcharge.basisPoints, 10_000);
}

/** Whether nothing has been spent in the meal period that is on, and it is one of those. */
function isFirstOf({ meal, mealFen }: Spent, periods: readonly string[] | undefined): boolean {
  return meal !== '' && mealFen === ZERO && (periods === undefined || periods.includes(meal.slice(meal.indexOf('/') + 1)));
}
