import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SandboxRequest, SandboxResponse } from './http';

export interface Listening {
  readonly port: number;
  readonly baseUrl: string;
  close(): Promise<void>;
}

const LONGEST_BODY = 1024 * 1024;

/** Serves on 127.0.0.1 only: this stands in for the outside world, and must not be reachable from it. */
export async function listen(
  port: number,
  answer: (request: Omit<SandboxRequest, 'fullPath'>) => Promise<SandboxResponse>,
): Promise<Listening> {
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing, answer).catch((error: unknown) => {
      // A fault of the sandbox itself: say so, on the console and to the caller.
      console.error('sandbox:', error);
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'text/plain' });
      outgoing.end('the sandbox itself failed');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  return {
    port: actual,
    baseUrl: `http://127.0.0.1:${actual}`,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // Whoever still holds a connection is cut off after a moment.
        setTimeout(() => server.closeAllConnections(), 500).unref();
      });
    },
  };
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: (request: Omit<SandboxRequest, 'fullPath'>) => Promise<SandboxResponse>,
): Promise<void> {
  const body = await readBody(incoming);
  const cors = corsFor(incoming.headers.origin);
  if (body === undefined) {
    outgoing.writeHead(413, cors).end();
    return;
  }
  if (incoming.method === 'OPTIONS') {
    outgoing.writeHead(204, cors).end();
    return;
  }
  const [path = '/', query = ''] = splitOnce(incoming.url ?? '/', '?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const response = await answer({ method: incoming.method ?? 'GET', path, query, headers, body });
  if (response.status === 0) {
    incoming.socket.destroy();
    return;
  }
  outgoing.writeHead(response.status, { ...cors, ...response.headers });
  if (response.stream) await sendStream(response.stream, outgoing);
  else outgoing.end(response.body);
}

/** At the pace of the reader; one who goes away ends the source too. */
async function sendStream(chunks: AsyncIterable<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  await pipeline(Readable.from(chunks), outgoing).catch((error: unknown) => {
    if (!outgoing.destroyed) throw error;
  });
}

function splitOnce(text: string, by: string): [string, string] {
  const at = text.indexOf(by);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > LONGEST_BODY) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Pages of this machine may drive the sandbox from the browser; no other site may. */
function corsFor(origin: string | undefined): Record<string, string> {
  if (origin === undefined || !URL.canParse(origin)) return {};
  const { hostname } = new URL(origin);
  if (!['127.0.0.1', 'localhost'].includes(hostname) && !hostname.endsWith('.localhost')) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-allow-headers': 'content-type, x-sandbox-person',
    vary: 'origin',
  };
}
