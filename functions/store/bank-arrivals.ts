import * as v from 'valibot';
import { fen } from '../../shared/money';
import type { Arrival, MatchedArrival } from '../domain/finance/bank-arrival';
import { TOP_UP_CHANNELS } from '../domain/order';
import type { Database, Item, Key } from './table';

/** Lines of the bank's statement that say money came from a channel; one permanent row each, by the bank's own reference. */
export interface BankArrivals {
  find(schoolId: string, bankRef: string): Promise<Arrival | undefined>;
  /** Writes it when there is none; otherwise answers the one that is there. */
  insert(arrival: Arrival): Promise<Arrival>;
  /**
   * The match, and a claim on each of its days, all or nothing: false when the arrival has changed or something else settles one of the
   * days.
   */
  match(next: MatchedArrival): Promise<boolean>;
  /** Writes the next version; false when somebody else has changed it. */
  replace(next: Arrival): Promise<boolean>;
  /** Days of a channel that an arrival settles already. */
  isSettled(schoolId: string, channel: string, day: string): Promise<boolean>;
  list(schoolId: string): Promise<readonly Arrival[]>;
}

const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const facts = {
  schoolId: v.string(),
  bankRef: v.string(),
  day: v.string(),
  channel: v.picklist(TOP_UP_CHANNELS),
  amountFen: fenSchema,
  importedAt: v.number(),
  version: v.number(),
};
const schema = v.variant('state', [
  v.object({ ...facts, state: v.literal('unmatched') }),
  v.object({
    ...facts,
    state: v.picklist(['matched', 'booked']),
    days: v.array(v.string()),
    grossFen: fenSchema,
    refundsFen: fenSchema,
    feeFen: fenSchema,
  }),
]);

function key(schoolId: string, bankRef: string) {
  return { pk: `${schoolId}#ARRIVALS`, sk: bankRef };
}

function settledKey(schoolId: string, channel: string, day: string) {
  return { pk: `${schoolId}#SETTLED-BY-BANK#${channel}`, sk: day };
}

export function createBankArrivals({ records, transact }: Pick<Database, 'records' | 'transact'>): BankArrivals {
  const condition = (next: Arrival) => ({ is: 'equal', attribute: 'version', to: next.version - 1 }) as const;
  const store: BankArrivals = {
    async find(schoolId, bankRef) {
      const item = await records.get(key(schoolId, bankRef), { consistent: true });
      return item === undefined ? undefined : fromItem(item);
    },
    async insert(arrival) {
      const result = await records.put(toItem(arrival), { is: 'absent' });
      return result.written ? arrival : ((await store.find(arrival.schoolId, arrival.bankRef)) ?? arrival);
    },
    async match(next) {
      const { schoolId, channel, bankRef, days } = next;
      const result = await transact([
        { table: 'records', write: { put: toItem(next), when: condition(next) } },
        ...days.map((day) => ({
          table: 'records' as const,
          write: { put: { ...settledKey(schoolId, channel, day), bankRef }, when: { is: 'absent' } as const },
        })),
      ]);
      return result.written;
    },
    async replace(next) {
      return (await records.put(toItem(next), condition(next))).written;
    },
    async isSettled(schoolId, channel, day) {
      return (await records.get(settledKey(schoolId, channel, day), { consistent: true })) !== undefined;
    },
    async list(schoolId) {
      const arrivals: Arrival[] = [];
      let after: Key | undefined;
      do {
        const found = await records.query({
          partition: { name: 'pk', value: `${schoolId}#ARRIVALS` },
          consistent: true,
          ...(after === undefined ? {} : { after }),
        });
        arrivals.push(...found.items.map(fromItem));
        after = found.next;
      } while (after !== undefined);
      return arrivals;
    },
  };
  return store;
}

function toItem(arrival: Arrival): Item {
  const base = { ...key(arrival.schoolId, arrival.bankRef), ...arrival };
  return arrival.state === 'unmatched' ? base : { ...base, days: [...arrival.days] };
}

function fromItem(item: Item): Arrival {
  return v.parse(schema, item);
}
