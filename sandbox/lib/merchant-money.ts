import type { RefundPlan, WorldState } from '../state';
import { lookup } from './lookup';

type Platform = keyof WorldState['merchantFunds'];

/** False when the merchant does not have it; nothing is taken then. */
export function takeMoney(state: WorldState, platform: Platform, amountFen: number): boolean {
  const has = state.merchantFunds[platform];
  if (has === null) return true;
  if (has < amountFen) return false;
  state.merchantFunds[platform] = has - amountFen;
  return true;
}

/** Payments come in here, and refunds that the platform closed come back. */
export function putMoney(state: WorldState, platform: Platform, amountFen: number): void {
  const has = state.merchantFunds[platform];
  if (has !== null) state.merchantFunds[platform] = has + amountFen;
}

/** The plan of this refund, else that of all; undefined leaves it to the platform's habit. */
export function refundPlanFor(state: WorldState, refundNo: string): RefundPlan | undefined {
  return lookup(state.refundPlans.refunds, refundNo) ?? state.refundPlans.everywhere ?? undefined;
}
