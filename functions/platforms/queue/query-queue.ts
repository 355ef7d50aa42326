import type { EpochMs } from '../../../shared/time';

/** That an order is to be asked about at the instant its row said when this was sent. */
export interface QueryMessage {
  readonly schoolId: string;
  readonly orderNo: string;
  readonly dueAt: EpochMs;
  /** A payment by a payer's own code; a top-up order where absent. */
  readonly of?: 'native';
}

/**
 * Wakes us about an order sooner than the sweep would. A message may be lost, doubled, early or late: the row alone says what is due, and
 * the sweep finds it by itself.
 */
export type QueryQueue = LaterQueue<QueryMessage>;

export interface LaterQueue<Message> {
  /** Never throws: what could not be sent is reported, and its sender can do without. `delayMs` may be cut to what the queue can wait. */
  later(message: Message, delayMs: number): Promise<void>;
}
