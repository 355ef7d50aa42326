import * as v from 'valibot';
import {
  amountFenSchema,
  bilingualViewSchema,
  entryKindSchema,
  entryViewSchema,
  instantSchema,
  monthSchema,
  schoolIdSchema,
} from './common';

/** What a page of the student's records asks for, beside the month. */
export const statementQuery = v.object({
  month: monthSchema,
  cursor: v.optional(v.pipe(v.string(), v.regex(/^\d{1,9}$/))),
  kind: v.optional(entryKindSchema),
  /** Only what came in, or only what went out. */
  flow: v.optional(v.picklist(['in', 'out'])),
  /** Only what moved money on the card (with transit, subsidy and purse), or in the wallet. */
  place: v.optional(v.picklist(['card', 'wallet'])),
});
export type StatementQuery = v.InferOutput<typeof statementQuery>;

const count = v.pipe(v.number(), v.integer());
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

export const holderPlaceSchema = v.picklist(['card', 'transit', 'chipPending', 'wallet', 'purse', 'subsidy']);

/** One entry with all that a receipt says. */
export const entryDetailReply = v.object({
  entry: entryViewSchema,
  /** What it changed in each of the holder's places; empty where it moved no money. */
  parts: v.array(v.object({ place: holderPlaceSchema, amountFen: amountFenSchema })),
  /** The machine that asked for it; null where none did. `place` is where the card office says it stands. */
  terminal: v.nullable(v.object({ number: count, name: v.nullable(v.string()), place: v.nullable(v.string()) })),
  /** Why it was not charged, or why a hold was let go. */
  reason: v.nullable(bilingualViewSchema),
  /** Its business day was closed already when it was recorded. */
  late: v.boolean(),
  /** Entry number of what it takes back, and of what took it back. */
  reversesN: v.nullable(count),
  reversedByN: v.array(count),
  /** SHA-256 (hex) of the entry. */
  hash,
  asOf: instantSchema,
});
export type EntryDetailReply = v.InferOutput<typeof entryDetailReply>;

const balances = v.looseObject({
  card: amountFenSchema,
  transit: amountFenSchema,
  chipPending: amountFenSchema,
  wallet: amountFenSchema,
  purse: amountFenSchema,
});

/**
 * An entry as it is in the books, for whoever checks it. Loose: every field is under the hash, so none may be lost on the way, also not one that
 * this version of an app does not know.
 */
export const bookEntrySchema = v.looseObject({
  schoolId: v.string(),
  accountNo: count,
  n: count,
  kind: v.string(),
  postings: v.array(v.looseObject({ leg: v.string(), amountFen: amountFenSchema })),
  recordedAt: count,
  previousHash: v.exactOptional(hash),
  state: v.looseObject({
    balances,
    subsidy: v.array(v.looseObject({ amountFen: amountFenSchema, expiresAt: count })),
    owedFen: v.exactOptional(amountFenSchema),
  }),
});
export type BookEntry = v.InferOutput<typeof bookEntrySchema>;

export const passbookQuery = v.object({ from: v.pipe(v.string(), v.regex(/^[1-9]\d{0,8}$/), v.transform(Number)) });

/** What the school signs of the newest entry (docs/decisions/0023-signed-heads.md). */
export const signedHeadSchema = v.object({
  schoolId: schoolIdSchema,
  accountNo: count,
  n: count,
  hash,
  /** Epoch ms. */
  signedAt: count,
  keyId: count,
  /** Raw Ed25519 key and signature, hex. */
  publicKey: hash,
  signature: v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/)),
});
export type SignedHead = v.InferOutput<typeof signedHeadSchema>;

/** The holder's passbook from an entry on, oldest first, at most 100 a page. */
export const passbookReply = v.object({
  entries: v.array(bookEntrySchema),
  /** Where the next page begins; null when this one ends with the head. */
  nextFrom: v.nullable(count),
  head: signedHeadSchema,
});
export type PassbookReply = v.InferOutput<typeof passbookReply>;
