import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What one call to DynamoDB consumed, by its own answer: units of the table and of each index. */
export interface Consumed {
  readonly operation: string;
  /** One transaction answers for each of its tables: the same number. */
  readonly call: number;
  readonly table: string;
  readonly tableRead: number;
  readonly tableWrite: number;
  readonly indexRead: number;
  readonly indexWrite: number;
}

interface Reported {
  readonly TableName?: string;
  readonly Table?: { readonly CapacityUnits?: number };
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, { readonly CapacityUnits?: number }>>;
}

const WRITES = new Set(['PutItemCommand', 'DeleteItemCommand', 'UpdateItemCommand', 'TransactWriteItemsCommand', 'BatchWriteItemCommand']);

/**
 * Makes every call of the client ask for its consumed capacity and keeps what was answered. The product's own code is
 * left as it is: a middleware of the SDK is all that is added.
 */
export function measureCapacity(client: DynamoDBClient): { take(): readonly Consumed[] } {
  let calls: Consumed[] = [];
  let made = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const { commandName = '' } = context as { commandName?: string };
      // Every command used here takes the parameter; the middleware's type covers all commands.
      const answer = await next({ ...args, input: { ...(args.input as object), ReturnConsumedCapacity: 'INDEXES' } as typeof args.input });
      const reported = (answer.output as { ConsumedCapacity?: Reported | readonly Reported[] }).ConsumedCapacity;
      const capacities = reported === undefined ? [] : Array.isArray(reported) ? (reported as readonly Reported[]) : [reported as Reported];
      if (capacities.length === 0) throw new Error(`${commandName} did not say what it consumed`);
      made += 1;
      for (const capacity of capacities) calls.push({ call: made, ...consumed(commandName, capacity) });
      return answer;
    },
    { step: 'initialize', name: 'measureCapacity', priority: 'low' },
  );
  return {
    take() {
      const taken = calls;
      calls = [];
      return taken;
    },
  };
}

function consumed(operation: string, { TableName = '', Table, GlobalSecondaryIndexes = {} }: Reported): Omit<Consumed, 'call'> {
  const table = Table?.CapacityUnits ?? 0;
  const index = Object.values(GlobalSecondaryIndexes).reduce((total, { CapacityUnits = 0 }) => total + CapacityUnits, 0);
  const isWrite = WRITES.has(operation);
  return {
    operation: operation.replace(/Command$/, ''),
    table: TableName,
    tableRead: isWrite ? 0 : table,
    tableWrite: isWrite ? table : 0,
    indexRead: isWrite ? 0 : index,
    indexWrite: isWrite ? index : 0,
  };
}

export interface Total extends Pick<Consumed, 'tableRead' | 'tableWrite' | 'indexRead' | 'indexWrite'> {
  readonly calls: number;
}

/** Calls and units of several answers together. */
export function total(calls: readonly Consumed[]): Total {
  const sumOf = (name: 'tableRead' | 'tableWrite' | 'indexRead' | 'indexWrite') => calls.reduce((units, call) => units + call[name], 0);
  const made = new Set(calls.map(({ call }) => call)).size;
  return {
    calls: made,
    tableRead: sumOf('tableRead'),
    tableWrite: sumOf('tableWrite'),
    indexRead: sumOf('indexRead'),
    indexWrite: sumOf('indexWrite'),
  };
}
