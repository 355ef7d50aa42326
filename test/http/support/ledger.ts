import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { TableNames } from '../../../sandbox/local/tables';

type Row = Readonly<Record<string, unknown>>;

/** What a row of an order says of somebody having asked the platform; the sweep does that by itself, each minute. */
const OF_ASKING = ['queriedAt', 'dueAt', 'duePk', 'version', 'platformOrderRef'];

/** Notices follow from entries, a moment after each and by themselves: what was done before may be told only now. */
const OF_THE_STREAM = /^NOTICE(-KEY)?#/;

/** The running stack reconciles and lets subsidies expire by the clock on the wall (cron in serverless.yml): that may fall into any test. */
const OF_THE_CLOCK = /#RECONCILIATION#|#SUBSIDY-MARK$/;

/** Both tables as they are, read past the product. */
export class Ledger {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: TableNames;

  constructor(client: DynamoDBDocumentClient, tables: TableNames) {
    this.#client = client;
    this.#tables = tables;
  }

  /** Every entry of every account, as text. */
  async entries(): Promise<readonly string[]> {
    return texts(await this.#scan(this.#tables.passbook));
  }

  /** Every row of `records`, as text, but those whose partition key matches. */
  async records(but?: RegExp): Promise<readonly string[]> {
    const rows = (await this.#scan(this.#tables.records)).filter(
      ({ pk, sk }) => !OF_THE_STREAM.test(String(sk)) && !OF_THE_CLOCK.test(String(pk)),
    );
    return texts(rows.filter(({ pk }) => but === undefined || !but.test(String(pk))).map(withoutAsking));
  }

  /**
   * Runs what must be refused, and asserts that both tables are as they were.
   * @param but names the rows that a refusal may write: counted guesses
   */
  async unchangedBy<T>(refused: () => Promise<T>, but?: RegExp): Promise<T> {
    const before = await this.#both(but);
    const result = await refused();
    const after = await this.#both(but);
    // Only what differs, so that a failure can be read.
    expect({ gone: missing(before, after), written: missing(after, before) }).toEqual({ gone: [], written: [] });
    return result;
  }

  async #both(but: RegExp | undefined): Promise<readonly string[]> {
    return [...(await this.entries()), ...(await this.records(but))];
  }

  async #scan(table: string): Promise<Row[]> {
    const rows: Row[] = [];
    let after: Record<string, unknown> | undefined;
    do {
      const page = await this.#client.send(new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: after }));
      rows.push(...(page.Items ?? []));
      after = page.LastEvaluatedKey;
    } while (after !== undefined);
    return rows;
  }
}

function withoutAsking(row: Row): Row {
  if (row.sk !== 'ORDER') return row;
  return Object.fromEntries(Object.entries(row).filter(([name]) => !OF_ASKING.includes(name)));
}

function texts(rows: readonly Row[]): string[] {
  return rows.map(textOf);
}

/** The same text for the same row: an engine gives the names of a map in any order. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return `<${Buffer.from(value).toString('hex')}>`;
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const parts = Object.entries(value).map(([name, part]) => `${name}:${textOf(part)}`);
  return `{${parts.sort().join(',')}}`;
}

function missing(all: readonly string[], from: readonly string[]): string[] {
  const there = new Set(from);
  return all.filter((text) => !there.has(text));
}
