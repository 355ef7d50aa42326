/**
 * The four things the product asks of DynamoDB, as one small port. Conditions are data, not strings, so that the
 * simulation's store model means exactly what the engine means; both pass `table-contract`.
 *
 * Every method awaits its call to the end: a function that answers while a write is still under way could be frozen
 * with it and thawed to charge later.
 */
export type Scalar = string | number | boolean | null | Uint8Array;
export type Value = Scalar | readonly Value[] | { readonly [name: string]: Value };
export type Item = { readonly [name: string]: Value };
export type Key = Readonly<Record<string, string | number>>;

/** What must be true of the stored item for a write to happen. */
export type Condition =
  | { readonly is: 'absent' }
  | { readonly is: 'present' }
  /** The stored attribute equals the value; an absent item never does. */
  | { readonly is: 'equal'; readonly attribute: string; readonly to: string | number };

export type Write =
  | { readonly put: Item; readonly when?: Condition }
  | { readonly remove: Key; readonly when?: Condition }
  | { readonly check: Key; readonly when: Condition };

/** `found` is the item that made the condition fail, when there is one (ReturnValuesOnConditionCheckFailure: ALL_OLD). */
export type WriteResult = { readonly written: true } | { readonly written: false; readonly found: Item | undefined };

/** Index and found item of the first write whose condition failed. */
export type TransactResult =
  | { readonly written: true }
  | { readonly written: false; readonly failed: number; readonly found: Item | undefined };

export interface QueryInput {
  readonly index?: string;
  readonly partition: { readonly name: string; readonly value: string };
  readonly sort?: {
    readonly name: string;
    readonly from?: string | number;
    readonly to?: string | number;
  };
  readonly newestFirst?: boolean;
  readonly limit?: number;
  /** Not possible on an index, which is eventually consistent: absence there means nothing. */
  readonly consistent?: boolean;
  readonly after?: Key;
}

export interface QueryResult {
  readonly items: readonly Item[];
  readonly next: Key | undefined;
}

export interface Table {
  get(key: Key, options?: { readonly consistent?: boolean }): Promise<Item | undefined>;
  query(input: QueryInput): Promise<QueryResult>;
  put(item: Item, when?: Condition): Promise<WriteResult>;
  remove(key: Key, when?: Condition): Promise<WriteResult>;
}

/** A write names its table because one transaction spans passbook and records. */
export interface TableWrite {
  readonly table: 'passbook' | 'records';
  readonly write: Write;
}

export interface Database {
  /** Entries only: partition `pk` (school#account), sort `n`. Index `book`: `bookPk`, `bookSk`. */
  readonly passbook: Table;
  /** Everything else: partition `pk`, sort `sk`. Index `due`: `duePk`, `dueAt`. */
  readonly records: Table;
  /** All or nothing, at most 100 writes; `token` makes a repeat of the same call within ten minutes harmless. */
  transact(writes: readonly TableWrite[], token?: string): Promise<TransactResult>;
}
