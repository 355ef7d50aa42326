import * as v from 'valibot';
import { type EntryKind, entryKindSchema } from '../../shared/api/common';
import { fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { Posting } from '../domain/posting';
import { reversedBy, wholeLeg } from './entry-item';
import type { Database, Item, Key } from './table';

/** An entry as the other side's book shows it: what the index projects. */
export interface BookLine {
  readonly accountNo: number;
  readonly n: number;
  readonly kind: EntryKind;
  readonly entryId: string;
  readonly place: string;
  readonly postings: readonly Posting[];
  readonly merchant?: number;
  readonly orderNo?: string;
  readonly reverses?: string;
  readonly late: boolean;
  readonly occurredAt: EpochMs;
  readonly recordedAt: EpochMs;
}

/** The books of the other side. The index is eventually consistent: absence there means nothing until a while has passed. */
export interface Books {
  page(schoolId: string, book: string, after?: Key): Promise<{ readonly lines: readonly BookLine[]; readonly next: Key | undefined }>;
  /** All lines of a book, in order of their place. */
  lines(schoolId: string, book: string): AsyncIterable<BookLine>;
  /** Lines whose place lies within, at most a page. */
  between(schoolId: string, book: string, places: { readonly from: string; readonly to: string }): Promise<readonly BookLine[]>;
}

const PAGE = 500;

export function createBooks({ passbook }: Pick<Database, 'passbook'>, pageSize = PAGE): Books {
  const books: Books = {
    async page(schoolId, book, after) {
      const found = await passbook.query({
        index: 'book',
        partition: { name: 'bookPk', value: `${schoolId}/${book}` },
        limit: pageSize,
        ...(after === undefined ? {} : { after }),
      });
      return { lines: found.items.map(fromItem), next: found.next };
    },
    async *lines(schoolId, book) {
      let after: Key | undefined;
      do {
        const { lines, next } = await books.page(schoolId, book, after);
        yield* lines;
        after = next;
      } while (after !== undefined);
    },
    async between(schoolId, book, { from, to }) {
      const found = await passbook.query({
        index: 'book',
        partition: { name: 'bookPk', value: `${schoolId}/${book}` },
        sort: { name: 'bookSk', from, to },
        limit: pageSize,
      });
      return found.items.map(fromItem);
    },
  };
  return books;
}

const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const schema = v.object({
  pk: v.string(),
  n: v.number(),
  kind: entryKindSchema,
  id: v.string(),
  bookSk: v.string(),
  legs: v.optional(v.array(v.tuple([v.string(), fenSchema])), []),
  merchant: v.optional(v.number()),
  order: v.optional(v.string()),
  reverses: v.optional(v.string()),
  late: v.optional(v.literal(true)),
  occurredAt: v.optional(v.number(), 0),
  recordedAt: v.optional(v.number(), 0),
});

function fromItem(item: Item): BookLine {
  const found = v.parse(schema, item);
  const orderNo = found.order ?? (found.kind === 'top-up' ? found.id : undefined);
  const reverses = found.reverses ?? reversedBy(found.id);
  return {
    accountNo: Number(found.pk.slice(found.pk.lastIndexOf('#') + 1)),
    n: found.n,
    kind: found.kind,
    entryId: found.id,
    place: found.bookSk,
    postings: found.legs.map(([leg, amountFen]) => ({ leg: wholeLeg(leg), amountFen })),
    ...(found.merchant === undefined ? {} : { merchant: found.merchant }),
    ...(orderNo === undefined ? {} : { orderNo }),
    ...(reverses === undefined ? {} : { reverses }),
    late: found.late === true,
    occurredAt: found.occurredAt,
    recordedAt: found.recordedAt,
  };
}
