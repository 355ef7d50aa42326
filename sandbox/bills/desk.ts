import { newId } from '../../shared/ids';
import type { EpochMs } from '../../shared/time';
import { tellOfAlipayRefund } from '../alipay/refund-notice';
import { settleAlipayRefund } from '../alipay/refunds';
import type { Courier } from '../lib/courier';
import { lookup } from '../lib/lookup';
import type { RefundPlan } from '../state';
import type { Surroundings } from '../surroundings';
import { settleWechatRefund } from '../wechat-pay/refund-notice';
import { type BookKeeper, linesOfDay } from './journal';
import type { BillLie, JournalLine, TrafficRecipe } from './state';

export type NewLie = Pick<BillLie, 'platform' | 'day' | 'lie'> & Partial<Pick<BillLie, 'target' | 'byFen' | 'times'>>;
export type NewTraffic = Pick<TrafficRecipe, 'platform' | 'day' | 'payments'> & Partial<TrafficRecipe>;

/** Behind the counter of both platforms: their books, their bills, their refunds, and what day it is for them. */
export interface BooksDesk {
  /** The platforms' books are at `now`; undefined brings them back to real time. Signatures and notices stay in real time. */
  setTime(now: EpochMs | undefined): void;
  time(): EpochMs;
  /** What was written down on a Beijing day, as bills read it when they do not lie. */
  lines(platform: BookKeeper, day: string): Iterable<JournalLine>;
  /** Makes up payments (and refunds) of a day. They are written anew at every reading and take no memory. */
  makeTraffic(traffic: NewTraffic): TrafficRecipe;
  /** The bill of that day lies so from now on; several lies may be told of one bill. */
  lie(lie: NewLie): BillLie;
  /** Takes back the lies of a platform and a day, or of all. */
  beHonest(platform?: BookKeeper, day?: string): void;
  /** How refunds end that are asked for from now on: one by its number, or all; null leaves it to the platforms' habit. */
  planRefunds(plan: RefundPlan | null, refundNo?: string): void;
  /** Ends a refund that waits: `SUCCESS`, or not. Alipay knows no difference between the two others. False when there is none to end. */
  settleRefund(platform: BookKeeper, refundNo: string, outcome: 'SUCCESS' | 'ABNORMAL' | 'CLOSED'): boolean;
  /** What the merchant has at the platform to refund from; null is enough for anything. */
  setFunds(platform: BookKeeper, amountFen: number | null): void;
}

export function createBooksDesk(parts: Surroundings, courier: Pick<Courier, 'send' | 'speed'>): BooksDesk {
  const { state, keys, events } = parts;
  const appIdOf = (platform: BookKeeper) => (platform === 'alipay' ? keys.alipay.miniProgramAppId : keys.wechatApps.miniProgram.appid);

  function switched(subject: string, detail: Record<string, string | number | boolean>): void {
    parts.changed();
    events.publish('control', 'control.changed', subject, detail);
  }

  return {
    setTime(now) {
      state.clockShiftMs = now === undefined ? 0 : now - parts.wireClock();
      switched('clock', { shiftMs: state.clockShiftMs });
    },
    time: parts.clock,
    lines: (platform, day) => linesOfDay(state, platform, day),
    makeTraffic(traffic) {
      const recipe: TrafficRecipe = { refunds: 0, prefix: 'T', seed: '1', appId: appIdOf(traffic.platform), ...traffic };
      state.traffic.push(recipe);
      switched('traffic', { platform: recipe.platform, day: recipe.day, payments: recipe.payments });
      return recipe;
    },
    lie(given) {
      const id = newId('lie', parts.wireClock(), parts.randomBytes);
      const lie: BillLie = { target: null, byFen: null, times: null, ...given, id, appId: appIdOf(given.platform) };
      state.billLies.push(lie);
      switched('bill-lie', { platform: lie.platform, day: lie.day, lie: lie.lie });
      return lie;
    },
    beHonest(platform, day) {
      const about = (lie: BillLie) => (platform ?? lie.platform) === lie.platform && (day ?? lie.day) === lie.day;
      state.billLies = state.billLies.filter((lie) => !about(lie));
      switched('bill-lie', { lie: 'none' });
    },
    planRefunds(plan, refundNo) {
      if (refundNo === undefined) state.refundPlans.everywhere = plan;
      else if (plan) state.refundPlans.refunds[refundNo] = plan;
      else delete state.refundPlans.refunds[refundNo];
      switched('refund-plan', { outcome: plan?.outcome ?? 'none' });
    },
    settleRefund(platform, refundNo, outcome) {
      if (platform === 'wechatPay') {
        const refund = lookup(state.wechatRefunds, refundNo);
        return refund !== undefined && settleWechatRefund(parts, courier, refund, outcome);
      }
      const trade = Object.values(state.alipayTrades).find((one) => one.refunds.some((refund) => refund.outRequestNo === refundNo));
      const refund = trade?.refunds.find((one) => one.outRequestNo === refundNo);
      if (!trade || !refund) return false;
      const settled = settleAlipayRefund(parts, trade, refund, outcome === 'SUCCESS' ? 'SUCCESS' : 'FAILED');
      if (settled) tellOfAlipayRefund(parts, courier, trade, refund);
      return settled;
    },
    setFunds(platform, amountFen) {
      state.merchantFunds[platform] = amountFen;
      switched('funds', { platform, amountFen: amountFen ?? 'enough' });
    },
  };
}
