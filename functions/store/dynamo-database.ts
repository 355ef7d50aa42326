import { ConditionalCheckFailedException, TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Condition, Database, Item, Key, QueryInput, Table, TableWrite } from './table';

export interface TableNames {
  readonly passbook: string;
  readonly records: string;
}

/** The port over DynamoDB. Condition failures are answers, anything else the SDK throws is a fault and bubbles. */
export function createDynamoDatabase(client: DynamoDBDocumentClient, names: TableNames): Database {
  return {
    passbook: createTable(client, names.passbook, 'n'),
    records: createTable(client, names.records, 'sk'),
    async transact(writes, token) {
      try {
        await client.send(
          new TransactWriteCommand({
            TransactItems: writes.map((write) => transactItem(write, names)),
            ...(token === undefined ? {} : { ClientRequestToken: token }),
          }),
        );
        return { written: true };
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const reasons = error.CancellationReasons ?? [];
        const failed = firstWith(reasons, 'ConditionalCheckFailed') ?? firstWith(reasons, 'TransactionConflict');
        if (failed === undefined) throw error;
        return { written: false, failed, found: plain(reasons[failed]?.Item) };
      }
    },
  };
}

function createTable(client: DynamoDBDocumentClient, name: string, sortName: string): Table {
  return {
    async get(key, options) {
      const found = await client.send(new GetCommand({ TableName: name, Key: key, ConsistentRead: options?.consistent ?? false }));
      return toPlainItem(found.Item);
    },
    async query(input) {
      const found = await client.send(new QueryCommand({ TableName: name, ...queryInput(input) }));
      return { items: (found.Items ?? []).map((item) => toPlainItem(item) ?? {}), next: found.LastEvaluatedKey as Key | undefined };
    },
    put: (item, when) =>
      conditional(when, () =>
        client.send(new PutCommand({ TableName: name, Item: item, ReturnConsumedCapacity: 'NONE', ...conditionInput(when) })),
      ),
    remove: (key, when) => conditional(when, () => client.send(new DeleteCommand({ TableName: name, Key: key, ...conditionInput(when) }))),
  };

  function queryInput(input: QueryInput) {
    const expressionNames: Record<string, string> = { '#p': input.partition.name };
    const values: Record<string, string | number> = { ':p': input.partition.value };
    let condition = '#p = :p';
    const { from, to } = input.sort ?? {};
    if (from !== undefined || to !== undefined) {
      expressionNames['#s'] = input.sort?.name ?? sortName;
      if (from !== undefined) values[':from'] = from;
      if (to !== undefined) values[':to'] = to;
      const range = from === undefined ? '#s <= :to' : to === undefined ? '#s >= :from' : '#s BETWEEN :from AND :to';
      condition += ` AND ${range}`;
    }
    return {
      KeyConditionExpression: condition,
      ExpressionAttributeNames: expressionNames,
      ExpressionAttributeValues: values,
      ScanIndexForward: !input.newestFirst,
      ...(input.index === undefined ? {} : { IndexName: input.index }),
      ...(input.limit === undefined ? {} : { Limit: input.limit }),
      ...(input.consistent === undefined ? {} : { ConsistentRead: input.consistent }),
      ...(input.after === undefined ? {} : { ExclusiveStartKey: input.after }),
    };
  }
}

function transactItem({ table, write }: TableWrite, names: TableNames) {
  const TableName = names[table];
  if ('put' in write) return { Put: { TableName, Item: write.put, ...conditionInput(write.when) } };
  if ('remove' in write) return { Delete: { TableName, Key: write.remove, ...conditionInput(write.when) } };
  const { ConditionExpression = '', ...rest } = conditionInput(write.when);
  return { ConditionCheck: { TableName, Key: write.check, ConditionExpression, ...rest } };
}

interface ConditionInput {
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, string | number>;
  ReturnValuesOnConditionCheckFailure?: 'ALL_OLD';
}

/** Conditions in the engine's words. Every key of ours starts with `pk`, so its presence is the item's. */
function conditionInput(when: Condition | undefined): ConditionInput {
  if (when === undefined) return {};
  const found = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
  switch (when.is) {
    case 'absent':
      return { ConditionExpression: 'attribute_not_exists(pk)', ...found };
    case 'present':
      return { ConditionExpression: 'attribute_exists(pk)', ...found };
    case 'equal':
      return {
        ConditionExpression: '#c = :c',
        ExpressionAttributeNames: { '#c': when.attribute },
        ExpressionAttributeValues: { ':c': when.to },
        ...found,
      };
  }
}

function firstWith(reasons: readonly { readonly Code?: string | undefined }[], code: string): number | undefined {
  const index = reasons.findIndex((reason) => reason.Code === code);
  return index < 0 ? undefined : index;
}

/** A transaction that stands in the way is somebody who was first, as a failed condition is: read again, decide again. */
async function conditional(when: Condition | undefined, send: () => Promise<unknown>) {
  try {
    await send();
    return { written: true } as const;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { written: false, found: plain(error.Item) } as const;
    if (when !== undefined && error instanceof TransactionConflictException) return { written: false, found: undefined } as const;
    throw error;
  }
}

// The document client turns results, but not the items inside exceptions, into plain values.
function plain(item: Parameters<typeof unmarshall>[0] | undefined): Item | undefined {
  return item === undefined ? undefined : toPlainItem(unmarshall(item));
}

/** The SDK types items as `any`; what lies in a table is parsed by each store's own schema. */
function toPlainItem(item: Record<string, unknown> | undefined): Item | undefined {
  return item as Item | undefined;
}
