import * as v from 'valibot';

const wholeSchema = v.pipe(v.number(), v.safeInteger());
const countSchema = v.pipe(wholeSchema, v.minValue(0));

/** Which of the three doors a sale went to; its query and its void go to the same. */
export const DOORS = ['campus', 'pin', 'native'] as const;
export type Door = (typeof DOORS)[number];

export const MEANS = ['card', 'code', 'wechat-pay', 'alipay'] as const;
export type MeansKind = (typeof MEANS)[number];

/** Where money of a sale came from, as a shift adds it up. */
export const SOURCES = ['card', 'wallet', 'subsidy', 'wechat-pay', 'alipay'] as const;
const paidFromSchema = v.array(v.object({ source: v.picklist(SOURCES), amountFen: countSchema }));

const resultSchema = v.object({
  entryId: v.string(),
  amountFen: countSchema,
  claimedFen: countSchema,
  cardFen: v.nullable(wholeSchema),
  /** Only what the server said; a till never works it out. */
  paidFrom: v.optional(paidFromSchema),
  listFen: v.optional(countSchema),
  surchargeFen: v.optional(countSchema),
  discountFen: v.optional(countSchema),
  /** What the holder paid, where it is not what the merchant gets. */
  paidFen: v.optional(countSchema),
});
export type SaleResult = v.InferOutput<typeof resultSchema>;

const refusalSchema = v.object({ code: v.string(), zh: v.string(), en: v.string() });
export type Refusal = v.InferOutput<typeof refusalSchema>;

/**
 * `open`: being asked about, by the till itself. `unknown`: asked long enough, a person decides; it may still become definite. The other three
 * are what the server said for ever.
 */
export const SALE_STATES = ['open', 'charged', 'not-charged', 'voided', 'unknown'] as const;

const saleSchema = v.object({
  sequence: wholeSchema,
  door: v.picklist(DOORS),
  means: v.picklist(MEANS),
  /** Who pays as far as the till can tell: two sales of one payer are never open together. */
  payer: v.string(),
  amountFen: countSchema,
  occurredAt: wholeSchema,
  day: v.string(),
  shift: wholeSchema,
  /** The very bytes that were signed. */
  body: v.string(),
  /** Requests about it, each counted before it is sent. */
  attempts: countSchema,
  /** `void`: the customer left or gave back, so the only good end is that no money is taken. */
  wants: v.picklist(['charge', 'void']),
  state: v.picklist(SALE_STATES),
  /** The bank or the payer's phone is being waited for. */
  pending: v.boolean(),
  /** Of the resolver: tries without an end so far, and when the next is due. */
  tries: countSchema,
  dueAt: wholeSchema,
  refusal: v.optional(refusalSchema),
  result: v.optional(resultSchema),
  /** What a statement to the server says of it; from then on the till takes nothing back by itself. */
  stated: v.optional(v.picklist(['sold', 'voided', 'refused', 'unknown'])),
  /** In which shift it was taken back. */
  voidShift: v.optional(wholeSchema),
  /** Nobody knew how it ended while the customer stood there: shown until a cashier has looked at it. */
  attention: v.optional(v.boolean()),
});
export type JournalSale = v.InferOutput<typeof saleSchema>;

/** What the holder paid, and what the merchant gets: the server's word where there is one, else what was on the display. */
export function paidFen({ result, amountFen }: JournalSale): number {
  return result?.paidFen ?? (result?.amountFen || amountFen);
}
export function chargedFen({ result, amountFen }: JournalSale): number {
  return result?.amountFen || amountFen;
}

/** What must reach the server with the same bytes until it is answered: a sale by pass, made without a network (`pass`), or a `refund`. */
const forwardSchema = v.object({
  /** Once in the queue, whatever it is shown twice: the serial of a pass. */
  key: v.string(),
  sequence: wholeSchema,
  /** Of a refund: which sale. */
  of: v.optional(wholeSchema),
  purpose: v.picklist(['pass', 'refund']),
  path: v.string(),
  body: v.string(),
  attempts: countSchema,
  amountFen: countSchema,
  occurredAt: wholeSchema,
  day: v.string(),
  shift: wholeSchema,
  state: v.picklist(['waiting', 'taken', 'refused']),
  stated: v.optional(v.boolean()),
  tries: countSchema,
  dueAt: wholeSchema,
  refusal: v.optional(refusalSchema),
});
export type Forward = v.InferOutput<typeof forwardSchema>;

const shiftSchema = v.object({ number: wholeSchema, cashier: v.string(), openedAt: wholeSchema, closedAt: v.optional(wholeSchema) });
export type Shift = v.InferOutput<typeof shiftSchema>;

const totalsSchema = v.object({ count: countSchema, amountFen: countSchema });
export type Totals = v.InferOutput<typeof totalsSchema>;

/** Statements of one business day: each part is written before it is sent and sent with the same bytes until it is answered. */
const statementSchema = v.object({
  day: v.string(),
  ackedSeq: countSchema,
  parts: v.array(v.object({ part: wholeSchema, body: v.string(), attempts: countSchema, answered: v.boolean() })),
  totals: totalsSchema,
  closing: v.boolean(),
  book: v.optional(totalsSchema),
  differences: v.optional(v.array(v.string())),
  refusal: v.optional(refusalSchema),
});
export type Statement = v.InferOutput<typeof statementSchema>;

const memorySchema = v.object({
  nextSequence: wholeSchema,
  sales: v.array(saleSchema),
  forwards: v.array(forwardSchema),
  shifts: v.array(shiftSchema),
  statements: v.array(statementSchema),
  /** Added to the till's own clock: what the server told when it refused for the clock. */
  clockOffsetMs: wholeSchema,
  printed: v.array(v.string()),
});
export type TillMemory = v.InferOutput<typeof memorySchema>;

/** What was kept over a power cut, or the memory of a till that was never switched on. @throws for a memory that is none of ours */
export function readMemory(kept: unknown, firstSequence: number): TillMemory {
  if (kept !== undefined && kept !== null) return v.parse(memorySchema, kept);
  return { nextSequence: firstSequence, sales: [], forwards: [], shifts: [], statements: [], clockOffsetMs: 0, printed: [] };
}
