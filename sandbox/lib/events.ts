import type { EpochMs } from '../../shared/time';

/** Everything the outside world does is told here, for the live feed of the bench top and for tests. No key or code ever is. */
export interface WorldEvent {
  /** Counts from 1 and never repeats, so that a feed can ask for what came after. */
  readonly n: number;
  readonly at: EpochMs;
  readonly kind: EventKind;
  readonly source: EventSource;
  /** What it is about: merchant order number, person, path … */
  readonly subject: string;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

export type EventSource =
  | 'wechat-pay'
  | 'alipay'
  | 'login'
  | 'sms'
  | 'cashier'
  | 'control'
  | 'bank'
  | 'utility'
  | 'mail'
  | 'wecom'
  | 'sso'
  | 'messages';

export type EventKind =
  | 'message.shown'
  | 'order.created'
  | 'order.closed'
  | 'order.reversed'
  | 'order.paid'
  | 'order.refunded'
  | 'contract.signed'
  | 'contract.ended'
  | 'request.refused'
  | 'cashier.opened'
  | 'cashier.refused'
  | 'cashier.cancelled'
  | 'callback.sent'
  | 'callback.accepted'
  | 'callback.not-accepted'
  | 'callback.lost'
  | 'callback.held'
  | 'callback.given-up'
  | 'login.code-issued'
  | 'login.code-exchanged'
  | 'sms.sent'
  | 'mail.sent'
  | 'wecom.followed'
  | 'wecom.refused'
  | 'sso.signed-in'
  | 'bank.bound'
  | 'bank.moved'
  | 'bank.failed'
  | 'utility.paid'
  | 'utility.failed'
  | 'control.changed';

export interface Events {
  publish(source: EventSource, kind: EventKind, subject: string, detail?: WorldEvent['detail']): void;
  /** Events with a number above `after`, oldest first. */
  list(after?: number): readonly WorldEvent[];
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: WorldEvent) => void): () => void;
}

const KEPT = 2_000;

export function createEvents(clock: () => EpochMs): Events {
  const kept: WorldEvent[] = [];
  const listeners = new Set<(event: WorldEvent) => void>();
  let count = 0;
  return {
    publish(source, kind, subject, detail = {}) {
      count += 1;
      const event: WorldEvent = { n: count, at: clock(), kind, source, subject, detail };
      kept.push(event);
      if (kept.length > KEPT) kept.shift();
      for (const listener of listeners) listener(event);
    },
    list: (after = 0) => kept.filter((event) => event.n > after),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
