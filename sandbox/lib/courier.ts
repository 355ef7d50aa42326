import type { EpochMs } from '../../shared/time';
import { faultFor } from '../cashier/faults';
import type { Delivery } from '../state';
import type { Surroundings } from '../surroundings';
import type { Timers } from './timers';

/** One HTTP notice to the merchant. */
export interface Outgoing {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface MerchantAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends a notice; undefined when nobody answered in time. */
export type Deliver = (url: string, outgoing: Outgoing) => Promise<MerchantAnswer | undefined>;

/** What differs between the platforms. */
export interface NoticeKind {
  /** Waits between attempts, real milliseconds. */
  waitsMs(delivery: Delivery): readonly number[];
  /** Composes and signs afresh, with the time of this attempt. */
  compose(delivery: Delivery): Outgoing[];
  accepts(answer: MerchantAnswer): boolean;
}

export interface Courier {
  /** Begins a delivery. `delayMs` is a real wait like the others: it is sped up. */
  send(notice: NewNotice, delayMs?: number): void;
  /** Continues what was under way when the sandbox stopped. */
  resume(): void;
  /** Waits are divided by this. Waits under way are shortened or stretched too. */
  setSpeed(speed: number): void;
  speed(): number;
  /** No further attempt begins; resolves when the attempts under way have ended. */
  stop(): Promise<void>;
}

export type NewNotice = Pick<Delivery, 'platform' | 'subject' | 'orderNo' | 'refundNo' | 'url' | 'noticeId'>;

interface CourierParts extends Surroundings {
  readonly timers: Timers;
  readonly deliver: Deliver;
  readonly speed: number;
  readonly kinds: Readonly<Record<Delivery['platform'], NoticeKind>>;
}

const HOUR_MS = 3_600_000;
const LATE_MS = 25 * HOUR_MS;
const REPEATS = 3;
/** A notice held to arrive out of order follows the next other notice, or goes alone after this. */
const HELD_MS = 10 * 60_000;

export function createCourier(parts: CourierParts): Courier {
  const { clock, state, events, timers, kinds } = parts;
  const cancels = new Map<string, () => void>();
  const underWay = new Set<Promise<void>>();
  let speed = parts.speed;
  let stopped = false;

  function plan(delivery: Delivery, at: EpochMs): void {
    delivery.nextAt = at;
    parts.changed();
    if (stopped) return;
    cancels.get(delivery.id)?.();
    const cancel = timers.after(Math.max(at - clock(), 0), () => {
      cancels.delete(delivery.id);
      const attempt = attemptOnce(delivery).finally(() => underWay.delete(attempt));
      underWay.add(attempt);
    });
    cancels.set(delivery.id, cancel);
  }

  async function attemptOnce(delivery: Delivery): Promise<void> {
    if (stopped || delivery.status !== 'waiting') return;
    delivery.nextAt = null;
    const kind = kinds[delivery.platform];
    let answer: MerchantAnswer | undefined;
    const began = clock();
    const outgoings = kind.compose(delivery);
    delivery.attempts += 1;
    parts.changed();
    for (const outgoing of outgoings) {
      events.publish(delivery.platform, 'callback.sent', delivery.orderNo, { attempt: delivery.attempts, ...faultDetail(delivery) });
      // The vendor judges each notice by itself; only the last of an attempt decides about retries.
      answer = await parts.deliver(delivery.url, outgoing).catch(() => undefined);
    }
    const accepted = answer !== undefined && kind.accepts(answer);
    const detail = {
      attempt: delivery.attempts,
      status: answer?.status ?? 0,
      answer: (answer?.body ?? '').slice(0, 200),
      ms: clock() - began,
    };
    events.publish(delivery.platform, accepted ? 'callback.accepted' : 'callback.not-accepted', delivery.orderNo, detail);
    if (accepted) delivery.accepted += 1;
    decideNext(delivery, accepted);
    releaseHeld(delivery);
  }

  function decideNext(delivery: Delivery, accepted: boolean): void {
    const repeats = delivery.fault?.fault === 'repeated' ? REPEATS : 1;
    if (accepted && delivery.accepted >= repeats) {
      delivery.status = 'accepted';
    } else if (accepted) {
      plan(delivery, clock() + 1000 / speed);
    } else {
      const wait = kinds[delivery.platform].waitsMs(delivery)[delivery.attempts - 1];
      if (wait === undefined) {
        delivery.status = 'given-up';
        events.publish(delivery.platform, 'callback.given-up', delivery.orderNo, { attempts: delivery.attempts });
      } else {
        plan(delivery, clock() + wait / speed);
      }
    }
    parts.changed();
  }

  function releaseHeld(after: Delivery): void {
    for (const held of waiting()) {
      if (held.id !== after.id && held.fault?.fault === 'out-of-order' && held.attempts === 0) plan(held, clock());
    }
  }

  function waiting(): Delivery[] {
    return Object.values(state.deliveries).filter((delivery) => delivery.status === 'waiting');
  }

  return {
    send(notice, delayMs = 0) {
      const fault = faultFor(state, notice.platform, notice.orderNo);
      const id = `${notice.platform}:${notice.noticeId}`;
      const delivery: Delivery = { id, ...notice, createdAt: clock(), fault, attempts: 0, accepted: 0, nextAt: null, status: 'waiting' };
      state.deliveries[id] = delivery;
      if (fault?.fault === 'lost') {
        delivery.status = 'lost';
        events.publish(notice.platform, 'callback.lost', notice.orderNo);
        parts.changed();
        return;
      }
      const extraMs = fault?.fault === 'late' ? LATE_MS : fault?.fault === 'out-of-order' ? HELD_MS : 0;
      if (extraMs > 0) events.publish(notice.platform, 'callback.held', notice.orderNo, faultDetail(delivery));
      plan(delivery, clock() + (delayMs + extraMs) / speed);
    },
    resume() {
      // An attempt cut off by the stop has no next time: the vendor would not know the answer, and sends again.
      for (const delivery of waiting()) plan(delivery, delivery.nextAt ?? clock());
    },
    setSpeed(next) {
      const factor = speed / next;
      speed = next;
      for (const delivery of waiting()) {
        if (delivery.nextAt !== null) plan(delivery, clock() + Math.max(delivery.nextAt - clock(), 0) * factor);
      }
    },
    speed: () => speed,
    async stop() {
      stopped = true;
      for (const cancel of cancels.values()) cancel();
      cancels.clear();
      await Promise.allSettled(underWay);
    },
  };
}

function faultDetail(delivery: Delivery): { fault?: string } {
  return delivery.fault ? { fault: delivery.fault.fault } : {};
}
