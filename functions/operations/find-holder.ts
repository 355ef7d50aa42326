import { readCardNumber } from '../domain/card-number';
import { normaliseNumber } from '../domain/plain-text';
import type { Cards } from '../store/cards';
import type { Holder, Holders } from '../store/holders';

export interface FindHolderDeps {
  readonly holders: Pick<Holders, 'find' | 'accountOf' | 'tokenOf'>;
  readonly cards: Pick<Cards, 'find'>;
}

/** The holder of a typed number, which may be that of the person or of the card (ST-05: 学号/卡号). */
export async function findHolder(deps: FindHolderDeps, schoolId: string, typed: string): Promise<Holder | undefined> {
  const number = normaliseNumber(typed);
  const accountNo = (await deps.holders.accountOf(schoolId, number)) ?? (await accountOfCard(deps, schoolId, number));
  return accountNo === undefined ? undefined : deps.holders.find(schoolId, accountNo);
}

async function accountOfCard({ cards }: FindHolderDeps, schoolId: string, number: string): Promise<number | undefined> {
  const own = readCardNumber(number) ?? (await cards.find(schoolId, number));
  return own?.accountNo;
}
