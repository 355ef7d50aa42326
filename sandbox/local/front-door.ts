import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import path from 'node:path';
import { bridgeScript, type Container, containerTag } from './container-bridge';
import type { Feed } from './feed';
import { plainBenchTop } from './plain-bench-top';

/**
 * The one address a person opens. `/` is the bench top, `/phone/wechat/`, `/phone/alipay/` and `/phone/wecom/` the browser build in a played container,
 * `/computer/` the same in no container, as a computer's browser shows it, `/api/` the functions, `/sandbox/` the outside world, `/bench/feed` what happens, as server-sent events. All of it on one origin, as a school
 * would serve it; only this machine may ask.
 */
export interface FrontDoorOptions {
  readonly port: number;
  /** The browser build. */
  readonly h5Folder: string;
  readonly functionsUrl: string;
  readonly sandboxUrl: string;
  readonly feed: Feed;
  /** The bench top's page (`/`, files below `/bench/`) and its own requests; undefined passes the request on. */
  readonly benchTop?: BenchTop;
}

export type BenchTop = (request: IncomingMessage, url: URL) => Promise<BenchReply | undefined>;

export interface BenchReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
}

export interface FrontDoor {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
};

/** @throws when the port is taken: the caller chose it and says so. */
export async function openFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
  const server = createServer((incoming, outgoing) => {
    answer(options, incoming, outgoing).catch((error: unknown) => {
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      outgoing.end(`front door: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return { url: `http://127.0.0.1:${port}`, port, close: () => close(server) };
}

async function answer(options: FrontDoorOptions, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const host = (incoming.headers.host ?? '').replace(/:\d+$/, '');
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  if (host === 'localhost') {
    // One origin only: what a page keeps under another name would be lost after the platforms send it back to this one.
    outgoing.writeHead(307, { location: `http://127.0.0.1:${incoming.socket.localPort}${incoming.url ?? '/'}` }).end();
    return;
  }
  if (host !== '127.0.0.1') {
    // A name that some site points at this machine must not open it (DNS rebinding).
    outgoing.writeHead(421, { 'content-type': 'text/plain' }).end('this address is for 127.0.0.1 only');
    return;
  }
  if (url.pathname === '/bench/feed') return streamFeed(options.feed, url, outgoing);
  const bench = await options.benchTop?.(incoming, url);
  if (bench)
    return void outgoing.writeHead(bench.status, { 'content-type': bench.contentType, 'cache-control': 'no-store' }).end(bench.body);
  if (url.pathname === '/') return void outgoing.writeHead(200, { 'content-type': TYPES['.html'] }).end(plainBenchTop());
  const proxied = /^\/(api|sandbox)(\/.*)$/.exec(url.pathname);
  if (proxied) {
    const base = proxied[1] === 'api' ? options.functionsUrl : options.sandboxUrl;
    return proxy(`${base}${proxied[2]}${url.search}`, incoming, outgoing);
  }
  if (url.pathname === '/phone/bridge.js') {
    return void outgoing.writeHead(200, { 'content-type': TYPES['.js'], 'cache-control': 'no-store' }).end(bridgeScript());
  }
  const app = /^(\/phone\/(wechat|alipay|wecom)|\/computer)(\/.*)?$/.exec(url.pathname);
  if (app !== null) {
    if (app[3] === undefined) return void outgoing.writeHead(308, { location: `${app[1]}/${url.search}` }).end();
    return serveApp(options.h5Folder, containerOf(app[2]), app[3], outgoing);
  }
  outgoing.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('没有这个地址 · nothing here');
}

function containerOf(name: string | undefined): Container | undefined {
  return name === 'wechat' || name === 'alipay' || name === 'wecom' ? name : undefined;
}

/** Body and headers pass through byte for byte; a signature is over them. */
function proxy(target: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const onward = httpRequest(target, { method: incoming.method, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
      reply.once('end', resolve);
    });
    onward.once('error', (error) => {
      if (!outgoing.headersSent) outgoing.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' });
      outgoing.end(`no answer from ${new URL(target).origin}: ${error.message}`);
      resolve();
    });
    incoming.pipe(onward);
  });
}

async function serveApp(folder: string, container: Container | undefined, pathname: string, outgoing: ServerResponse): Promise<void> {
  const wanted = path.normalize(decodeURIComponent(pathname));
  const file = path.join(folder, wanted.endsWith('/') ? 'index.html' : wanted);
  if (!file.startsWith(folder + path.sep)) return void outgoing.writeHead(403).end();
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return void outgoing.writeHead(404, { 'content-type': 'text/plain' }).end('not built');
  const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
  if (path.basename(file) !== 'index.html') {
    outgoing.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' });
    createReadStream(file).pipe(outgoing);
    return;
  }
  const html = await readFile(file, 'utf8');
  outgoing
    .writeHead(200, { 'content-type': type, 'cache-control': 'no-store' })
    .end(container === undefined ? html : html.replace(/<head[^>]*>/, (head) => head + containerTag(container)));
}

function streamFeed(feed: Feed, url: URL, outgoing: ServerResponse): void {
  outgoing.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'keep-alive' });
  const write = (item: unknown): void => void outgoing.write(`data: ${JSON.stringify(item)}\n\n`);
  for (const item of feed.list(Number(url.searchParams.get('after') ?? 0))) write(item);
  outgoing.on('close', feed.subscribe(write));
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // The feed's connections never end by themselves.
    server.closeAllConnections();
  });
}
