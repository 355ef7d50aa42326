import { readFileSync } from 'node:fs';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { parse } from 'yaml';

/** Read from serverless.yml, so that a test and `npm start` have the very tables that are deployed. */
export interface TableNames {
  readonly passbook: string;
  readonly records: string;
}

const keySchema = v.array(v.object({ AttributeName: v.string(), KeyType: v.picklist(['HASH', 'RANGE']) }));

const tableSchema = v.object({
  TableName: v.string(),
  AttributeDefinitions: v.array(v.object({ AttributeName: v.string(), AttributeType: v.picklist(['S', 'N', 'B']) })),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: v.array(
    v.object({
      IndexName: v.string(),
      KeySchema: keySchema,
      Projection: v.object({ ProjectionType: v.picklist(['INCLUDE', 'KEYS_ONLY']), NonKeyAttributes: v.optional(v.array(v.string())) }),
    }),
  ),
  StreamSpecification: v.optional(v.object({ StreamViewType: v.literal('NEW_AND_OLD_IMAGES') })),
  TimeToLiveSpecification: v.optional(v.object({ AttributeName: v.string(), Enabled: v.boolean() })),
});
type TableDefinition = v.InferOutput<typeof tableSchema>;

const serviceSchema = v.object({
  resources: v.object({
    Resources: v.object({
      PassbookTable: v.object({ Properties: tableSchema }),
      RecordsTable: v.object({ Properties: tableSchema }),
    }),
  }),
});

/** @param stage what stands for `${sls:stage}` in the names: one engine can hold the tables of several. */
export function readTableDefinitions(serverlessYml: string, stage: string): { passbook: TableDefinition; records: TableDefinition } {
  // CloudFormation's own tags (!GetAtt, !Sub) are read as what they tag; no table uses one.
  const { resources } = v.parse(serviceSchema, parse(serverlessYml, { logLevel: 'silent' }));
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the placeholder itself, as serverless.yml writes it.
  const placeholder = '${sls:stage}';
  const named = (definition: TableDefinition): TableDefinition => ({
    ...definition,
    TableName: definition.TableName.replaceAll(placeholder, stage),
  });
  return { passbook: named(resources.Resources.PassbookTable.Properties), records: named(resources.Resources.RecordsTable.Properties) };
}

/** Any region and credentials do for an engine on this machine. */
export function localClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ endpoint, region: 'ap-southeast-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
}

/** Forgets everything of this stage: an engine of somebody else's keeps its data where our folder is not. */
export async function dropTables(input: {
  readonly endpoint: string;
  readonly stage: string;
  readonly serverlessYmlPath: string;
}): Promise<void> {
  const client = localClient(input.endpoint);
  try {
    for (const { TableName } of Object.values(readTableDefinitions(readFileSync(input.serverlessYmlPath, 'utf8'), input.stage))) {
      if (await exists(client, TableName)) await client.send(new DeleteTableCommand({ TableName }));
    }
  } finally {
    client.destroy();
  }
}

/** Creates what is not there yet; tables that exist keep their data. */
export async function createTables(input: {
  readonly endpoint: string;
  readonly stage: string;
  readonly serverlessYmlPath: string;
}): Promise<TableNames> {
  const { passbook, records } = readTableDefinitions(readFileSync(input.serverlessYmlPath, 'utf8'), input.stage);
  const client = localClient(input.endpoint);
  try {
    for (const definition of [passbook, records]) await createTable(client, definition);
  } finally {
    client.destroy();
  }
  return { passbook: passbook.TableName, records: records.TableName };
}

async function createTable(client: DynamoDBClient, definition: TableDefinition): Promise<void> {
  if (await exists(client, definition.TableName)) return;
  const { TimeToLiveSpecification, StreamSpecification, ...table } = definition;
  const input: CreateTableCommandInput = {
    ...table,
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map((index) => ({
      ...index,
      Projection: {
        ProjectionType: index.Projection.ProjectionType,
        ...(index.Projection.NonKeyAttributes ? { NonKeyAttributes: index.Projection.NonKeyAttributes } : {}),
      },
    })),
    ...(StreamSpecification ? { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } } : {}),
  };
  try {
    await client.send(new CreateTableCommand(input));
  } catch (error) {
    // Somebody else created it since we looked: two test files on one DYNAMODB_ENDPOINT.
    if (!(error instanceof ResourceInUseException)) throw error;
    return;
  }
  if (TimeToLiveSpecification) {
    await client.send(new UpdateTimeToLiveCommand({ TableName: definition.TableName, TimeToLiveSpecification }));
  }
}

async function exists(client: DynamoDBClient, name: string): Promise<boolean> {
  try {
    await client.send(new DescribeTableCommand({ TableName: name }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}
