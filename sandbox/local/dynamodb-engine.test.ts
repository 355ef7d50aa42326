import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DescribeTableCommand, DescribeTimeToLiveCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startTestEngine } from '../../functions/test/engine';
import { EngineMissing, resolveEngine, startEngine } from './dynamodb-engine';
import { createTables, dropTables, localClient } from './tables';

describe('where the engine comes from', () => {
  it('is the endpoint that is named, and nothing is started', () => {
    expect(resolveEngine({ DYNAMODB_ENDPOINT: 'http://127.0.0.1:9/', DYNOXIDE_BIN: '/nowhere' })).toEqual({
      kind: 'endpoint',
      url: 'http://127.0.0.1:9',
    });
  });

  it('is the binary that is named', () => {
    expect(resolveEngine({ DYNOXIDE_BIN: process.execPath })).toEqual({ kind: 'binary', path: process.execPath });
  });

  it('is refused, naming both variables in Chinese and English, when the binary is missing', () => {
    const resolve = (): unknown => resolveEngine({ DYNOXIDE_BIN: '/nowhere/dynoxide' });
    expect(resolve).toThrow(EngineMissing);
    expect(resolve).toThrow(/请设置 DYNAMODB_ENDPOINT.*DYNOXIDE_BIN[\s\S]*Set DYNAMODB_ENDPOINT.*DYNOXIDE_BIN/);
  });
});

describe('the engine', () => {
  it('has the tables of serverless.yml with their indexes, stream and expiry', async () => {
    const engine = await startTestEngine();
    try {
      const { Table: passbook } = await engine.client.send(new DescribeTableCommand({ TableName: engine.tables.passbook }));
      expect(passbook?.GlobalSecondaryIndexes?.map((index) => index.IndexName)).toEqual(['book']);
      expect(passbook?.StreamSpecification?.StreamViewType).toBe('NEW_AND_OLD_IMAGES');
      const { TimeToLiveDescription } = await engine.client.send(new DescribeTimeToLiveCommand({ TableName: engine.tables.records }));
      expect(TimeToLiveDescription?.AttributeName).toBe('expiresAtSeconds');
    } finally {
      await engine.stop();
    }
  });

  it('keeps what was written in its file after a restart', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'ecode-engine-'));
    const options = { dbPath: path.join(folder, 'data.sqlite'), stage: 'kept' };
    try {
      const first = await startTestEngine(options);
      await first.client.send(new PutItemCommand({ TableName: first.tables.records, Item: { pk: { S: 'a' }, sk: { S: 'b' } } }));
      await first.stop();
      const second = await startTestEngine(options);
      const { Item } = await second.client.send(
        new GetItemCommand({ TableName: second.tables.records, Key: { pk: { S: 'a' }, sk: { S: 'b' } } }),
      );
      await second.stop();
      expect(Item).toEqual({ pk: { S: 'a' }, sk: { S: 'b' } });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('forgets one stage and keeps another when a stage begins anew', async () => {
    const engine = await startEngine({ env: {} });
    const place = { endpoint: engine.endpoint, serverlessYmlPath: path.resolve(__dirname, '../../serverless.yml') };
    const client = localClient(engine.endpoint);
    const row = { pk: { S: 'a' }, sk: { S: 'b' } };
    const found = async (table: string) => (await client.send(new GetItemCommand({ TableName: table, Key: row }))).Item;
    try {
      const [gone, kept] = [await createTables({ ...place, stage: 'gone' }), await createTables({ ...place, stage: 'kept' })];
      for (const { records } of [gone, kept]) await client.send(new PutItemCommand({ TableName: records, Item: row }));
      await dropTables({ ...place, stage: 'gone' });
      await createTables({ ...place, stage: 'gone' });
      expect([await found(gone.records), await found(kept.records)]).toEqual([undefined, row]);
    } finally {
      client.destroy();
      await engine.stop();
    }
  });

  it('starts eight at once, each on a port of its own', async () => {
    const engines = await Promise.all(Array.from({ length: 8 }, () => startEngine({ env: {} })));
    expect(new Set(engines.map((engine) => engine.endpoint)).size).toBe(8);
    await Promise.all(engines.map((engine) => engine.stop()));
  });

  (process.platform === 'linux' ? it : it.skip)('dies with a parent that is killed', async () => {
    const script = `
      require('tsx/cjs');
      const { startEngine } = require('./sandbox/local/dynamodb-engine.ts');
      startEngine({ env: {} }).then((engine) => { console.log(engine.endpoint); setInterval(() => {}, 1000); });`;
    const parent = spawn(process.execPath, ['-e', script], { cwd: path.resolve(__dirname, '../..'), stdio: ['ignore', 'pipe', 'inherit'] });
    const [endpoint] = (await once(parent.stdout, 'data')) as [Buffer];
    const url = endpoint.toString().trim();
    expect((await fetch(url)).status).toBeGreaterThan(0);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expect(fetch(url, { signal: AbortSignal.timeout(1000) })).rejects.toThrow();
  });
});
