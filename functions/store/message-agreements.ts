import * as v from 'valibot';
import { type MessageTopic, MOST_AGREED, messageTopicSchema } from '../../shared/api/messages';
import { AppError } from '../../shared/errors';
import { DAY_MS, type EpochMs } from '../../shared/time';
import type { BoundAccount } from '../domain/app-identity';
import type { MessageLanguage } from '../domain/message-text';
import { ttlSeconds } from './bound-account';
import type { Database, Item, TableWrite } from './table';

type Binding = Pick<BoundAccount, 'schoolId' | 'accountNo' | 'bindingId'>;
type Left = Readonly<Partial<Record<MessageTopic, number>>>;

/** How many messages each bound app may still be sent, by topic. Kept under the binding, so that it ends with it. */
export interface MessageAgreements {
  left(binding: Binding): Promise<Left>;
  /** One more, up to `MOST_AGREED`. Answers what is left now. Throws AppError `request.busy`. */
  agree(binding: Binding, wish: { readonly topic: MessageTopic; readonly language: MessageLanguage }): Promise<Left>;
  /**
   * Takes one agreement and marks the notice as sent to this app, in one transaction. Answers the language; undefined where none is left or the
   * notice was sent to it already. Throws AppError `request.busy`; then nothing was taken.
   */
  take(
    binding: Binding,
    notice: { readonly topic: MessageTopic; readonly key: string; readonly at: EpochMs },
  ): Promise<MessageLanguage | undefined>;
  /** None is left: the platform said so. Throws AppError `request.busy`. */
  end(binding: Binding, topic: MessageTopic): Promise<void>;
}

const schema = v.object({
  version: v.number(),
  language: v.picklist(['zh', 'en']),
  left: v.record(messageTopicSchema, v.pipe(v.number(), v.integer(), v.minValue(0))),
});
type Row = v.InferOutput<typeof schema>;

const NONE: Row = { version: 0, language: 'zh', left: {} };
const MAX_TRIES = 5;
/** Far longer than any queue holds a line back. */
const MARK_KEPT_MS = 7 * DAY_MS;

function keyOf({ schoolId, accountNo, bindingId }: Binding) {
  return { pk: `${schoolId}#ACCOUNT#${accountNo}`, sk: `MESSAGES#${bindingId}` };
}

export function createMessageAgreements({ records, transact }: Pick<Database, 'records' | 'transact'>): MessageAgreements {
  const read = async (binding: Binding): Promise<Row> => {
    const item = await records.get(keyOf(binding), { consistent: true });
    return item === undefined ? NONE : v.parse(schema, item);
  };
  const changed = (
    binding: Binding,
    before: Row,
    next: Omit<Row, 'version'>,
  ): { put: Item; when: NonNullable<TableWrite['write']['when']> } => ({
    put: { ...keyOf(binding), ...next, version: before.version + 1 },
    when: before.version === 0 ? { is: 'absent' } : { is: 'equal', attribute: 'version', to: before.version },
  });
  const set = async (binding: Binding, nextOf: (row: Row) => Omit<Row, 'version'>): Promise<Left> => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const before = await read(binding);
      const next = nextOf(before);
      const { put, when } = changed(binding, before, next);
      if ((await records.put(put, when)).written) return next.left;
    }
    throw new AppError('request.busy');
  };
  return {
    left: async (binding) => (await read(binding)).left,
    agree: (binding, { topic, language }) =>
      set(binding, ({ left }) => ({ language, left: { ...left, [topic]: Math.min(MOST_AGREED, (left[topic] ?? 0) + 1) } })),
    end: async (binding, topic) => void (await set(binding, ({ language, left }) => ({ language, left: { ...left, [topic]: 0 } }))),
    async take(binding, { topic, key, at }) {
      const { pk } = keyOf(binding);
      const mark = { pk, sk: `MESSAGE-SENT#${binding.bindingId}#${key}`, at, expiresAtSeconds: ttlSeconds(at + MARK_KEPT_MS) };
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const before = await read(binding);
        const { language, left } = before;
        const count = left[topic] ?? 0;
        if (count === 0) return undefined;
        const taken = await transact([
          { table: 'records', write: { put: mark, when: { is: 'absent' } } },
          { table: 'records', write: changed(binding, before, { language, left: { ...left, [topic]: count - 1 } }) },
        ]);
        if (taken.written) return language;
        // The mark itself is there: another delivery of the same line was faster.
        if ((await records.get({ pk, sk: mark.sk }, { consistent: true })) !== undefined) return undefined;
      }
      throw new AppError('request.busy');
    },
  };
}
