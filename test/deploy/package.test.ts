import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync, inflateRawSync } from 'node:zlib';
import { root } from '../support/project';
import { checkTemplate, isRecord, type Template } from '../support/template-check';

/** Of the bundle under gzip. */
const PAYMENT_LIMIT_BYTES = 150 * 1024;

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

let folder: string;
let template: Template;

const packageService = (to: string): void => {
  const { HTTP_PROXY: _1, HTTPS_PROXY: _2, ...env } = process.env;
  execFileSync(process.execPath, ['node_modules/serverless/bin/serverless.js', 'package', '--package', to], {
    cwd: root,
    stdio: 'pipe',
    env: {
      ...env,
      // No network: credentials of nobody, and a proxy where nothing listens for whoever tries anyway.
      AWS_ACCESS_KEY_ID: 'offline',
      AWS_SECRET_ACCESS_KEY: 'offline',
      AWS_EC2_METADATA_DISABLED: 'true',
      HTTP_PROXY: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      SLS_TELEMETRY_DISABLED: '1',
      SLS_NOTIFICATIONS_MODE: 'off',
      ECODE_ESBUILD_FOLDER: path.join('.tmp', 'esbuild-package'),
    },
  });
};

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ecode-package-'));
  packageService(folder);
  template = JSON.parse(readFileSync(path.join(folder, 'cloudformation-template-update-stack.json'), 'utf8')) as Template;
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const resource = (id: string): Record<string, unknown> => {
  const found = template.Resources[id]?.Properties;
  if (!found) throw new Error(`the template has no ${id}`);
  return found;
};

function statementsOf(roleId: string): Statement[] {
  const { Policies } = resource(roleId) as { Policies: { PolicyDocument: { Statement: Statement[] } }[] };
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

function actionsOn(roleId: string, tableId: string): string[] {
  const names = (found: unknown): boolean => JSON.stringify(found).includes(tableId) || found === '*';
  return statementsOf(roleId)
    .filter(({ Resource }) => names(Resource))
    .flatMap(({ Action }) => Action)
    .sort();
}

/** A package holds one file, the bundle. What follows it in the archive is not read. */
function firstFileOf(zip: Buffer): Buffer {
  const start = 30 + zip.readUInt16LE(26) + zip.readUInt16LE(28);
  return inflateRawSync(zip.subarray(start));
}

const roles = (): string[] => Object.keys(template.Resources).filter((id) => template.Resources[id]?.Type === 'AWS::IAM::Role');

/** Seconds. */
const LONG_JOBS: Readonly<Record<string, number>> = {
  ReconcileLambdaFunction: 900,
  CloseDashdayLambdaFunction: 900,
  EraseDashholdersLambdaFunction: 300,
};

describe('the packaged service', () => {
  it('is a template CloudFormation would accept', () => {
    expect(checkTemplate(template)).toEqual([]);
  });

  it('lets the payment function query and put on the passbook, and nothing else', () => {
    const { Role } = resource('PaymentLambdaFunction');
    expect(Role).toEqual({ 'Fn::GetAtt': ['PaymentRole', 'Arn'] });
    expect(actionsOn('PaymentRole', 'PassbookTable')).toEqual(['dynamodb:PutItem', 'dynamodb:Query']);
    expect(resource('PaymentRole').ManagedPolicyArns).toBeUndefined();
  });

  it('lets nobody update or delete an entry', () => {
    for (const role of roles()) {
      const actions = actionsOn(role, 'PassbookTable');
      expect(actions.filter((action) => /Update|Delete|BatchWrite|PartiQL|\*/.test(action))).toEqual([]);
    }
  });

  it('grants no action by wildcard', () => {
    const wild = roles().flatMap((role) =>
      statementsOf(role).flatMap(({ Action }) => [Action].flat().filter((action) => action.includes('*'))),
    );
    expect(wild).toEqual([]);
  });

  it('gives every function a role of its caller, memory, an end and logs that are kept for a time', () => {
    const functions = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThanOrEqual(7);
    for (const [id, { Properties = {} }] of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs22.x', Architectures: ['arm64'] });
      // A morning's books of every school take their time, and so does an erasure; whatever somebody waits for does not.
      const longest = LONG_JOBS[id] ?? 60;
      expect({ id, ends: Number(Properties.Timeout) <= longest }).toEqual({ id, ends: true });
      expect(isRecord(Properties.Role)).toBe(true);
    }
    const logGroups = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Logs::LogGroup');
    expect(logGroups.length).toBe(functions.length);
    expect(logGroups.every(({ Properties }) => Number(Properties?.RetentionInDays) > 0)).toBe(true);
  });

  it.each(['PassbookTable', 'RecordsTable'])('%s defines exactly the attributes its keys use, is kept and can be restored', (id) => {
    const table = resource(id) as {
      AttributeDefinitions: { AttributeName: string }[];
      KeySchema: { AttributeName: string }[];
      GlobalSecondaryIndexes: { KeySchema: { AttributeName: string }[] }[];
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: boolean };
    };
    const used = [table.KeySchema, ...table.GlobalSecondaryIndexes.map((index) => index.KeySchema)].flat().map((key) => key.AttributeName);
    expect([...new Set(used)].sort()).toEqual(table.AttributeDefinitions.map((attribute) => attribute.AttributeName).sort());
    expect(table.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true);
    expect(template.Resources[id]).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('watches the passbook stream for entries that were changed or removed', () => {
    const mappings = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
    const mapping = mappings.find(({ Properties }) => /MODIFY.*REMOVE/.test(JSON.stringify(Properties?.FilterCriteria)))?.Properties;
    expect(mapping?.EventSourceArn).toEqual({ 'Fn::GetAtt': ['PassbookTable', 'StreamArn'] });
    expect(resource('EntryChangedAlarm')).toMatchObject({ Threshold: 1, AlarmActions: [{ Ref: 'AlarmTopic' }] });
  });

  it('lets the watcher of the stream see and write accounts’ rows only, and nothing of the passbook but its stream', () => {
    expect(actionsOn('WatchPassbookRole', 'PassbookTable')).toEqual([
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
    ]);
    const onRecords = statementsOf('WatchPassbookRole').filter(({ Resource }) => JSON.stringify(Resource).includes('RecordsTable'));
    expect(onRecords.map(({ Action, Condition }) => [Action, Condition])).toEqual([
      ['dynamodb:GetItem', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['SCHOOLS', '*#PACK', '*#ACCOUNT#*'] } }],
      ['dynamodb:PutItem', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['*#ACCOUNT#*'] } }],
    ]);
  });

  it('carries no secret: keys are read at run time', () => {
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (Type !== 'AWS::Lambda::Function') continue;
      const { Variables } = (Properties as { Environment: { Variables: Record<string, string> } }).Environment;
      expect(Object.keys(Variables).filter((name) => /KEY|PEPPER|PASSWORD|TOKEN/.test(name))).toEqual([]);
    }
  });

  it('ships a payment function of at most 150 KB', () => {
    const bundle = firstFileOf(readFileSync(path.join(folder, 'payment.zip')));
    expect(bundle.includes('ecode-terminal-v1')).toBe(true);
    expect(gzipSync(bundle, { level: 9 }).length).toBeLessThanOrEqual(PAYMENT_LIMIT_BYTES);
  });
});

describe('the template checker', () => {
  const table = { Type: 'AWS::DynamoDB::Table', Properties: { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] } };

  it.each([
    ['an unknown type', { T: { Type: 'AWS::DynamoDB::Tabel', Properties: {} } }, /there is no type/],
    ['an unknown property', { T: { ...table, Properties: { ...table.Properties, Streams: 1 } } }, /Streams: not a property/],
    ['a missing required property', { T: { Type: 'AWS::DynamoDB::Table', Properties: {} } }, /KeySchema: required/],
    ['a wrong kind of value', { T: { ...table, Properties: { ...table.Properties, TableName: ['x'] } } }, /TableName: expected string/],
    ['a reference to nothing', { T: { ...table, Properties: { ...table.Properties, TableName: { Ref: 'Gone' } } } }, /Ref to Gone/],
    [
      'an attribute that is not there',
      { T: table, A: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::GetAtt': ['T', 'Nothing'] } } } },
      /no attribute Nothing/,
    ],
  ])('finds %s', (_fault, Resources, message) => {
    expect(checkTemplate({ Resources }).join('\n')).toMatch(message);
  });

  it('has nothing to say about a sound table', () => {
    expect(checkTemplate({ Resources: { T: table } })).toEqual([]);
  });
});
