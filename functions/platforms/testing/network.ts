import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a client sent, as the wire carries it. */
export interface SentRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

export interface FakeNetwork {
  readonly fetch: typeof globalThis.fetch;
  readonly sent: SentRequest[];
}

/** A fetch that answers from a function and remembers what it was asked. */
export function fakeNetwork(answer: (request: SentRequest) => Response | Promise<Response>): FakeNetwork {
  const sent: SentRequest[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = {
      method: init?.method ?? 'GET',
      url: new URL(String(input)),
      headers: new Headers(init?.headers),
      body: typeof init?.body === 'string' ? init.body : '',
    };
    sent.push(request);
    return answer(request);
  };
  return { fetch, sent };
}

export const noNetwork: typeof globalThis.fetch = () => {
  throw new Error('this test must not reach the network');
};

export interface TestServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A real server on this machine, for what only sockets can show: hanging, dripping, breaking off. */
export async function serve(listener: (request: IncomingMessage, response: ServerResponse) => void): Promise<TestServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server always has an AddressInfo; the type also covers pipes.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
