import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TOLD_KINDS } from '../../shared/passbook/told-kinds';
import type { RulePack } from '../../shared/rule-pack';
import { type LocalQueue, openLocalQueue } from '../queue/local-queue';
import { type Sandbox, startSandbox } from '../start';
import { startEngine } from './dynamodb-engine';
import { localEnvironment } from './environment';
import { createFeed, type Feed } from './feed';
import { type BenchTop, type FrontDoor, openFrontDoor } from './front-door';
import { type FunctionsProcess, startFunctions } from './functions-process';
import { followStream } from './passbook-stream';
import { portNear } from './ports';
import { type LocalSecrets, loadSecrets } from './secrets';
import { readPacks, seed } from './seed';
import { createTables, dropTables, type TableNames } from './tables';

/** The whole product on this machine, for `npm start` and for the stories in test/: the same pieces in the same order. */
export interface StackOptions {
  readonly root: string;
  /** Everything lives here and survives a restart; without one it lives in memory and a scratch folder that `stop` removes. */
  readonly dataFolder?: string;
  /** Begins anew, also where DYNAMODB_ENDPOINT names an engine that others run. */
  readonly fresh?: boolean;
  /** Wished for; the next free ones above are taken where something else listens. Without: somewhere, so that stacks do not meet. */
  readonly ports?: { readonly web: number; readonly http: number; readonly lambda: number; readonly sandbox: number };
  readonly cardholdersPerSchool?: number;
  /** Waits of the platforms' retries are divided by this. */
  readonly speed?: number;
  readonly benchTop?: (parts: BenchParts) => BenchTop;
  /** Told in short words what is being done. */
  readonly onProgress?: (zh: string, en: string) => void;
  /** A part ended by itself. */
  readonly onBroken?: (reason: string) => void;
}

/** What the bench top may reach. */
export interface BenchParts {
  readonly sandbox: Sandbox;
  readonly secrets: LocalSecrets;
  readonly packs: readonly RulePack[];
  readonly functionsUrl: string;
  /** Calls a function by its name in serverless.yml, as a schedule does. */
  readonly invoke: FunctionsProcess['invoke'];
  readonly dynamodbEndpoint: string;
  readonly tables: TableNames;
  readonly feed: Feed;
  /** Where the bench may keep what its machines remember. */
  readonly folder: string;
}

export interface Stack extends BenchParts {
  readonly web: FrontDoor;
  readonly functions: FunctionsProcess;
  readonly logFile: string;
  stop(): Promise<void>;
}

export const DEFAULT_PORTS = { web: 3000, http: 3001, lambda: 3002, sandbox: 3003 } as const;
const STAGE = 'local';

export async function startStack(options: StackOptions): Promise<Stack> {
  const say = options.onProgress ?? (() => undefined);
  const broken = options.onBroken ?? (() => undefined);
  const scratch = options.dataFolder === undefined ? mkdtempSync(path.join(tmpdir(), 'ecode-stack-')) : undefined;
  const folder = options.dataFolder ?? scratch ?? '';
  // What was started, to be ended in the opposite order, also when a later part does not start.
  const started: (() => Promise<void> | void)[] = scratch === undefined ? [] : [() => rmSync(scratch, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    if (options.fresh) clearData(folder);
    mkdirSync(folder, { recursive: true });
    const ports = await choosePorts(options.ports ?? scatteredPorts());
    const packs = readPacks(options.root);
    const secrets = await loadSecrets(
      folder,
      packs.map(({ schoolId }) => schoolId),
    );

    say('启动数据库引擎', 'starting the DynamoDB engine');
    const engine = await startEngine(options.dataFolder === undefined ? {} : { dbPath: path.join(folder, 'dynamodb.sqlite') });
    started.push(() => engine.stop());
    const place = { endpoint: engine.endpoint, stage: STAGE, serverlessYmlPath: path.join(options.root, 'serverless.yml') };
    if (options.fresh) await dropTables(place);
    const tables = await createTables(place);

    const sandbox = await startSandbox({ port: ports.sandbox, dataFolder: path.join(folder, 'sandbox'), speed: options.speed ?? 1 });
    started.push(() => sandbox.stop());

    const feed = createFeed();
    const queue: LocalQueue = await openLocalQueue({
      stage: STAGE,
      onError: (error) => feed.publish({ at: Date.now(), source: 'function', kind: 'queue.failed', subject: String(error), detail: {} }),
    });
    started.push(() => queue.close());

    say('载入规则包与持卡人', 'loading rule packs and cardholders');
    const logFile = path.join(folder, 'functions.log');
    const web = `http://127.0.0.1:${ports.web}`;
    const addresses = { dynamodb: engine.endpoint, web, functions: `http://127.0.0.1:${ports.http}`, queue: queue.url };
    const starting = startFunctions({
      root: options.root,
      stage: STAGE,
      httpPort: ports.http,
      lambdaPort: ports.lambda,
      environment: localEnvironment(sandbox.credentials, secrets, addresses),
      logFile,
      onEnded: (lastLines) => broken(`the functions ended:\n${lastLines.slice(-2_000)}`),
    });
    // Both take seconds and neither waits for the other; the one that fails is awaited below.
    starting.catch(() => undefined);
    await seed({ endpoint: engine.endpoint, tables, packs, secrets, cardholdersPerSchool: options.cardholdersPerSchool ?? 2_000 });

    say('启动云函数', 'starting the functions');
    const functions = await starting;
    started.push(() => functions.stop());
    queue.deliverTo(functions);

    started.push(
      sandbox.world.events.subscribe(({ at, kind, source, subject, detail }) =>
        feed.publish({ at, source: 'world', kind: `${source}/${kind}`, subject, detail }),
      ),
    );
    const follower = followStream({
      endpoint: engine.endpoint,
      table: tables.passbook,
      onRecords: (records) => deliver(records, functions, feed),
      onError: (error) => streamFailed(feed, error),
    });
    started.push(() => follower.stop());

    const parts: BenchParts = {
      ...{ sandbox, secrets, packs, tables, feed, folder },
      functionsUrl: functions.url,
      invoke: functions.invoke,
      dynamodbEndpoint: engine.endpoint,
    };
    const door = await openFrontDoor({
      port: ports.web,
      h5Folder: path.join(options.root, 'miniapp', 'dist', 'h5'),
      functionsUrl: functions.url,
      sandboxUrl: sandbox.baseUrl,
      feed,
      ...(options.benchTop ? { benchTop: options.benchTop(parts) } : {}),
    });
    started.push(() => door.close());
    return { ...parts, web: door, functions, logFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @throws for a folder that is not one of ours: a mistyped --data must not erase somebody's files. */
function clearData(folder: string): void {
  if (!existsSync(folder)) return;
  const names = readdirSync(folder);
  if (names.length > 0 && !names.includes('secrets.json')) {
    throw new Error(`${folder} 不是本程序的数据文件夹，不会清空 · is not a data folder of this program and is not erased`);
  }
  rmSync(folder, { recursive: true });
}

/** Ports below those that the system gives to whoever connects: two stacks that start at once look at different ones. */
function scatteredPorts(): Record<keyof typeof DEFAULT_PORTS, number> {
  const web = 22_000 + 4 * randomInt(2_000);
  return { web, http: web + 1, lambda: web + 2, sandbox: web + 3 };
}

async function choosePorts<Names extends string>(wished: Readonly<Record<Names, number>>): Promise<Record<Names, number>> {
  const chosen: Record<string, number> = {};
  const taken = new Set<number>();
  for (const [name, port] of Object.entries<number>(wished)) {
    const found = await portNear(port, taken);
    taken.add(found);
    chosen[name] = found;
  }
  // Every name of `wished` has been given a port.
  return chosen as Record<Names, number>;
}

type Records = Parameters<Parameters<typeof followStream>[0]['onRecords']>[0];

function streamFailed(feed: Feed, error: unknown): void {
  feed.publish({ at: Date.now(), source: 'function', kind: 'stream.failed', subject: String(error), detail: {} });
}

const TOLD: ReadonlySet<string> = new Set(TOLD_KINDS);

/**
 * As AWS would: what the filters of serverless.yml let through goes to its readers. Inserts go by themselves, so that no notice keeps the alarm
 * waiting. Every entry is told on the feed.
 */
async function deliver(records: Records, functions: FunctionsProcess, feed: Feed): Promise<void> {
  for (const { eventName, dynamodb } of records) {
    const image = plain(dynamodb.NewImage ?? dynamodb.OldImage ?? {});
    feed.publish({
      at: Date.now(),
      source: 'passbook',
      kind: `${eventName.toLowerCase()}/${String(image.kind)}`,
      subject: `${String(image.pk)}#${String(image.n)}`,
      detail: image,
    });
  }
  const held = records.filter(
    ({ eventName, dynamodb }) => eventName === 'INSERT' && ['hold', 'charge'].includes(String(plain(dynamodb.NewImage ?? {}).kind)),
  );
  // The next records need not wait for a bank.
  if (held.length > 0) void functions.invoke('draw-holds', { Records: held }).catch((error: unknown) => streamFailed(feed, error));
  const watch = (some: Records) =>
    functions.invoke('watch-passbook', { Records: some.map((record) => ({ ...record, eventSource: 'aws:dynamodb' })) });
  const told = records.filter(({ eventName, dynamodb }) => eventName === 'INSERT' && TOLD.has(String(plain(dynamodb.NewImage ?? {}).kind)));
  if (told.length > 0) void watch(told).catch((error: unknown) => streamFailed(feed, error));
  const changed = records.filter(({ eventName }) => eventName !== 'INSERT');
  if (changed.length > 0) await watch(changed);
}

/** Attribute values of the wire as plain ones; binary stays base64. */
function plain(image: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  const [type, inner] = Object.entries((value ?? {}) as Record<string, unknown>)[0] ?? [];
  if (type === 'N') return Number(inner);
  if (type === 'L' && Array.isArray(inner)) return inner.map(plainValue);
  if (type === 'M' && typeof inner === 'object' && inner !== null) return plain(inner as Record<string, unknown>);
  return inner;
}
