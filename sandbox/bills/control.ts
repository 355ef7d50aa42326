import * as v from 'valibot';
import { toIso } from '../../shared/time';
import { type ControlGets, type ControlPosts, fail, read } from '../control/read';
import type { WorldState } from '../state';
import { parseDay } from './bill-day';
import type { BooksDesk, NewLie, NewTraffic } from './desk';
import { BOOK_KEEPERS } from './journal';
import { isLie, lieTable } from './lies';

const platform = v.picklist(BOOK_KEEPERS);
const day = v.pipe(
  v.string(),
  v.check((text) => parseDay(text) !== undefined, 'not a day: YYYY-MM-DD'),
);
const fen = v.pipe(v.number(), v.safeInteger());
const counted = v.pipe(v.number(), v.integer(), v.minValue(1));
const outcomes = ['SUCCESS', 'ABNORMAL', 'CLOSED'] as const;

const schemas = {
  /** {now: instant with offset}, {shiftMs: …} or {} for real time. */
  clock: v.object({
    now: v.optional(v.pipe(v.string(), v.isoTimestamp(), v.transform(Date.parse))),
    shiftMs: v.optional(v.pipe(v.number(), v.safeInteger())),
  }),
  traffic: v.object({
    platform,
    day,
    payments: v.pipe(counted, v.maxValue(10_000_000)),
    refunds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    prefix: v.optional(v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{0,12}$/))),
    seed: v.optional(v.string()),
  }),
  lie: v.object({
    platform,
    day,
    /** null takes all lies about this bill back. */
    lie: v.nullable(v.pipe(v.string(), v.check(isLie, 'unknown lie'))),
    target: v.optional(v.string()),
    byFen: v.optional(fen),
    times: v.optional(counted),
  }),
  plan: v.object({
    outcome: v.nullable(v.picklist([...outcomes, 'PROCESSING'])),
    afterMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 3_000),
    refundNo: v.optional(v.string()),
  }),
  settle: v.object({ platform, refundNo: v.string(), outcome: v.picklist(outcomes) }),
  funds: v.object({ platform, amountFen: v.nullable(v.pipe(fen, v.minValue(0))) }),
  journal: v.object({
    platform,
    day,
    offset: v.optional(v.pipe(v.string(), v.digits(), v.transform(Number)), '0'),
    limit: v.optional(v.pipe(v.string(), v.digits(), v.transform(Number), v.maxValue(5_000)), '500'),
  }),
};

/** Fields that were not given are left out, not undefined. */
function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  // Object.fromEntries cannot say what it keeps.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

export function booksPosts(desk: BooksDesk, state: WorldState, wireClock: () => number): ControlPosts {
  return {
    '/clock': (body) => {
      const { now, shiftMs } = read(schemas.clock, body);
      desk.setTime(shiftMs === undefined ? now : wireClock() + shiftMs);
      return clockView(desk, state);
    },
    '/bills/traffic': (body) => desk.makeTraffic(given(read(schemas.traffic, body)) satisfies NewTraffic),
    '/bills/lies': (body) => {
      const { lie, ...about } = read(schemas.lie, body);
      if (lie === null) desk.beHonest(about.platform, about.day);
      else if (isLie(lie)) {
        if (!lieTable[lie].on.some((one) => one === about.platform)) return fail('this platform has no such bill');
        desk.lie({ ...given(about), lie } satisfies NewLie);
      }
      return { told: state.billLies };
    },
    '/refunds/plan': (body) => {
      const { outcome, afterMs, refundNo } = read(schemas.plan, body);
      desk.planRefunds(outcome === null ? null : { outcome, afterMs }, refundNo);
      return state.refundPlans;
    },
    '/refunds/settle': (body) => {
      const { platform: where, refundNo, outcome } = read(schemas.settle, body);
      return desk.settleRefund(where, refundNo, outcome) ? { settled: refundNo, outcome } : fail('no such refund waits');
    },
    '/funds': (body) => {
      const { platform: where, amountFen } = read(schemas.funds, body);
      desk.setFunds(where, amountFen);
      return state.merchantFunds;
    },
  };
}

export function booksGets(desk: BooksDesk, state: WorldState): ControlGets {
  return {
    '/clock': () => clockView(desk, state),
    '/bills/lies': () => ({ lies: lieTable, told: state.billLies }),
    '/bills/journal': (query) => {
      const wanted = read(schemas.journal, Object.fromEntries(query));
      return journalPage(desk, wanted);
    },
    '/refunds': () => ({ wechat: Object.values(state.wechatRefunds), plans: state.refundPlans, funds: state.merchantFunds }),
  };
}

function clockView(desk: BooksDesk, state: WorldState) {
  return { now: toIso(desk.time()), shiftMs: state.clockShiftMs };
}

function journalPage(desk: BooksDesk, { platform: where, day: on, offset, limit }: v.InferOutput<typeof schemas.journal>) {
  const lines = [];
  let n = 0;
  for (const line of desk.lines(where, on)) {
    if (n >= offset && lines.length < limit) lines.push(line);
    n += 1;
  }
  return { total: n, lines };
}
