import type { Hono } from 'hono';
import { AppError } from '../../shared/errors';
import type { Answer } from './handler';
import { fileReply, type HttpReply, type HttpRequest, jsonReply } from './http';

/** What a route sees beside Hono's own request. */
export interface RouteBindings {
  readonly request: HttpRequest;
}

export type RoutedApp = Hono<{ Bindings: RouteBindings }>;

const ORIGIN = 'http://api.invalid';
/** Methods that a Request of the web cannot have; no route has one either. */
const NO_REQUEST = ['CONNECT', 'TRACE', 'TRACK'];

/** Hono finds the route; what it throws goes to the one wrapper. */
export function answerWith(app: RoutedApp): Answer {
  return async (request) => {
    const url = `${ORIGIN}${request.path}`;
    if (!URL.canParse(url) || NO_REQUEST.includes(request.method)) throw new AppError('request.not-found');
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
    const incoming = new Request(url, { method: request.method, ...(hasBody ? { body: new Uint8Array(request.rawBody) } : {}) });
    const response = await app.fetch(incoming, { request });
    const contentType = response.headers.get('content-type') ?? '';
    if (!contentType.startsWith('application/json')) return fileOf(response, contentType);
    const reply = jsonReply({}, response.status);
    return { ...reply, body: await response.text() };
  };
}

async function fileOf(response: Response, contentType: string): Promise<HttpReply> {
  const name = /filename="([\w.-]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'file';
  return fileReply({ name, contentType, bytes: new Uint8Array(await response.arrayBuffer()) });
}
