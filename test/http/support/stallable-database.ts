import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call that was caught: what it is, and how it goes on. */
export interface Caught {
  /** Sends it on at last (`before`), or its answer (`after`); resolves when the engine has answered. */
  release(): Promise<void>;
}

type When = 'before' | 'after';

interface Trap {
  readonly when: When;
  readonly fits: (operation: string, body: string) => boolean;
  readonly caught: (caught: Caught) => void;
}

/** Stands between the functions and the engine, and can hold one call: before the engine hears of it, or after it has committed. */
export interface StallableDatabase {
  readonly endpoint: string;
  /** Resolves when the next call of this kind has been caught. Set it before the call is made. */
  catchNext(when: When, operation: string, table: string): Promise<Caught>;
  close(): Promise<void>;
}

export async function openStallableDatabase(engine: string): Promise<StallableDatabase> {
  const traps = new Set<Trap>();

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const operation = String(incoming.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    const trap = [...traps].find(({ fits }) => fits(operation, body.toString('utf8')));
    if (trap) traps.delete(trap);
    const forward = async (): Promise<() => void> => {
      const { host: _host, ...headers } = incoming.headers;
      const reply = await send(engine, { method: incoming.method ?? 'POST', path: incoming.url ?? '/', headers }, body);
      return () => outgoing.writeHead(reply.status, reply.headers).end(reply.body);
    };
    if (trap?.when === 'before') {
      trap.caught({ release: async () => (await forward())() });
    } else if (trap?.when === 'after') {
      const reply = await forward();
      trap.caught({ release: async () => reply() });
    } else {
      (await forward())();
    }
  }

  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => undefined);
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    catchNext: (when, operation, table) =>
      new Promise((resolve) => {
        traps.add({ when, fits: (found, body) => found === operation && body.includes(`"TableName":"${table}"`), caught: resolve });
      }),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function send(
  base: string,
  { method, path, headers }: { method: string; path: string; headers: IncomingMessage['headers'] },
  body: Buffer,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const onward = request(`${base}${path}`, { method, headers }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => resolve({ status: reply.statusCode ?? 502, headers: reply.headers, body: Buffer.concat(chunks) }));
    });
    onward.on('error', reject);
    onward.end(body);
  });
}
