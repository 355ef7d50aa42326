import { createServer } from 'node:net';

/** A port that was free a moment ago. Whoever listens must be ready to ask again. */
export function freePort(): Promise<number> {
  return listenOnce(0).then((port) => {
    if (port === undefined) throw new Error('the system gave no free port');
    return port;
  });
}

/** The wished port, or the next free one above it: the first `tries` are looked at, then the system chooses. */
export async function portNear(wished: number, taken: ReadonlySet<number> = new Set(), tries = 20): Promise<number> {
  for (let port = wished; port < wished + tries; port++) {
    if (!taken.has(port) && (await listenOnce(port)) !== undefined) return port;
  }
  return freePort();
}

export async function isFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== undefined;
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(found));
    });
  });
}
