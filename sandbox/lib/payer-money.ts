import type { WorldState } from '../state';
import { lookup } from './lookup';

/** Who an openid belongs to; an openid is one person's in one app. */
export function personOfOpenid(state: WorldState, appId: string, openid: string): string | undefined {
  return Object.values(state.persons).find((person) => lookup(person.openids, appId) === openid)?.id;
}

/** Takes the amount of a deduction from what the payer has. False when that is not enough; nothing is taken then. */
export function takeFromPayer(state: WorldState, app: 'wechat' | 'alipay', person: string | undefined, amountFen: number): boolean {
  const funds = lookup(state.payerFunds, person ?? '');
  const has = funds?.[app] ?? null;
  if (!funds || has === null) return true;
  if (has < amountFen) return false;
  funds[app] = has - amountFen;
  return true;
}
