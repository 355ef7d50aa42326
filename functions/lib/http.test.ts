import * as v from 'valibot';
import { AppError, errorTable, isAppError } from '../../shared/errors';
import { createHttpHandler, type HandlerDeps } from './handler';
import { type HttpRequest, hasExponent, jsonReply, MAX_BODY_BYTES, parseInput, readEvent, readJson } from './http';
import type { LogFields } from './logger';

const event = (more: object = {}) => ({
  rawPath: '/student/bind',
  rawQueryString: 'a=1&a=2&b=%E4%B8%8A&c=%ZZ',
  headers: { Authorization: 'Bearer x', 'X-Two': 'y' },
  requestContext: { http: { method: 'post', sourceIp: '192.0.2.1' }, requestId: 'r1' },
  ...more,
});

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('an API Gateway event', () => {
  it('becomes method, path, lower-case headers, query and the raw bytes', () => {
    const request = readEvent(event({ body: '{"a":"上"}' }));
    expect(request).toMatchObject({ method: 'POST', path: '/student/bind', sourceIp: '192.0.2.1', requestId: 'r1' });
    expect(request.headers).toEqual({ authorization: 'Bearer x', 'x-two': 'y' });
    expect(request.query).toMatchObject({ b: '上' });
    expect(Buffer.from(request.rawBody).toString('utf8')).toBe('{"a":"上"}');
  });

  it('gives the bytes before base64, whatever they are', () => {
    const bytes = new Uint8Array([0, 255, 128, 10, 13]);
    const request = readEvent(event({ body: Buffer.from(bytes).toString('base64'), isBase64Encoded: true }));
    expect([...request.rawBody]).toEqual([...bytes]);
  });

  it('may lack body, query and headers', () => {
    const request = readEvent({ rawPath: '/', requestContext: { http: { method: 'GET' } } });
    expect(request).toMatchObject({ query: {}, headers: {}, sourceIp: '' });
    expect(request.rawBody).toHaveLength(0);
  });

  it('is refused above 64 KB, plain or base64, in characters or in bytes, and accepted at exactly 64 KB', () => {
    const plain = (count: number) => readEvent(event({ body: 'x'.repeat(count) }));
    const encoded = (count: number) => readEvent(event({ body: Buffer.alloc(count).toString('base64'), isBase64Encoded: true }));
    for (const read of [plain, encoded]) {
      expect(read(MAX_BODY_BYTES).rawBody).toHaveLength(MAX_BODY_BYTES);
      expect(codeOf(() => read(MAX_BODY_BYTES + 1))).toBe('request.too-large');
      expect(codeOf(() => read(MAX_BODY_BYTES * 100))).toBe('request.too-large');
    }
    expect(codeOf(() => readEvent(event({ body: '上'.repeat(MAX_BODY_BYTES / 2) })))).toBe('request.too-large');
  });

  it.each([undefined, null, {}, 'x', { rawPath: '/', requestContext: {} }])('%p is malformed', (value) => {
    expect(codeOf(() => readEvent(value))).toBe('request.malformed');
  });
});

describe('a JSON body', () => {
  it.each(['', '{', '{"a":1,}', 'undefined', '\u0000'])('%p is malformed', (text) => {
    expect(codeOf(() => readJson(Buffer.from(text)))).toBe('request.malformed');
  });

  it('that is not UTF-8 is malformed, never mended', () => {
    expect(codeOf(() => readJson(Uint8Array.from([0x22, 0xff, 0x22])))).toBe('request.malformed');
  });

  it('with half a character is malformed; a whole one may be written as two escapes', () => {
    for (const text of ['{"a":"\\ud800"}', '["\\uDC00x"]', '{"a":{"b":"\\udead\\ud83d"}}']) {
      expect(codeOf(() => readJson(Buffer.from(text)))).toBe('request.malformed');
    }
    expect(readJson(Buffer.from('{"a":"\\ud83c\\udf5a","b":"\\\\ud800"}'))).toEqual({ a: '🍚', b: '\\ud800' });
  });

  it('tells a number with an exponent, however the name before it is written, and no text that looks like one', () => {
    const exponent = (text: string): boolean => hasExponent(Buffer.from(text));
    for (const text of ['{"amountFen":2e3}', '{"amount\\u0046en":2E3}', '{"a":[-2.0e+3]}', '{"a\\"":1e1}'])
      expect(exponent(text)).toBe(true);
    for (const text of ['{"amountFen":2000}', '{"requestId":"1e3\\"2e3","a":true,"b":false}', '{"1e3":20.00}'])
      expect(exponent(text)).toBe(false);
  });

  it('of another form names the field and never the value', () => {
    const schema = v.object({ person: v.object({ password: v.pipe(v.string(), v.maxLength(3)) }) });
    try {
      parseInput(schema, { person: { password: 'hunter2' } });
      throw new Error('accepted');
    } catch (error) {
      expect(error).toMatchObject({ code: 'request.malformed', detail: { field: 'person.password' } });
      expect(JSON.stringify(error)).not.toContain('hunter2');
    }
  });
});

describe('the wrapper', () => {
  let lines: { level: string; message: string; fields: LogFields | undefined }[];
  let counts: string[];
  let deps: HandlerDeps;
  beforeEach(() => {
    lines = [];
    counts = [];
    const log = (level: string) => (message: string, fields?: LogFields) => void lines.push({ level, message, fields });
    deps = {
      log: { info: log('info'), warn: log('warn'), error: log('error') },
      counter: { count: (name) => void counts.push(name), publish: () => void counts.push('published') },
      clock: () => 1,
      texts: errorTable,
    };
  });
  const answering = (answer: (request: HttpRequest) => unknown) =>
    createHttpHandler(async () => async (request) => jsonReply(await answer(request)), deps);

  it('renders a reply that nothing may keep', async () => {
    const reply = await answering(() => ({ zh: '上海' }))(event());
    expect(reply).toMatchObject({ statusCode: 200, body: '{"zh":"上海"}', isBase64Encoded: false });
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' });
  });

  it('turns a refusal into its status and both sentences', async () => {
    const reply = await answering(() => {
      throw new AppError('auth.locked', { retryAfterSeconds: 12 });
    })(event());
    expect(reply).toMatchObject({ statusCode: 429, headers: { 'retry-after': '12' } });
    expect(JSON.parse(reply.body).error).toMatchObject({
      code: 'auth.locked',
      messageZh: expect.any(String),
      messageEn: expect.any(String),
    });
    expect(counts).toEqual(['Refusal', 'Request', 'published']);
  });

  it('answers anything else as internal, and logs it without what a library quotes', async () => {
    const reply = await answering(() => {
      throw new Error('cannot write {"password":"hunter2"} for 13800000000 with AbCdEfGhIjKlMnOpQrStUvWxYz0123');
    })(event());
    expect(reply.statusCode).toBe(500);
    expect(JSON.parse(reply.body).error.code).toBe('request.internal');
    const text = JSON.stringify(lines);
    expect(text).toContain('cannot write');
    expect(text).toContain('http.test');
    for (const secret of ['hunter2', '13800000000', 'AbCdEfGhIjKlMnOpQrStUvWxYz0123']) expect(text).not.toContain(secret);
  });

  it('logs of a value that failed its schema where it failed, and not the value', async () => {
    await answering(() => v.parse(v.object({ mobile: v.literal('x') }), { mobile: 'Zhang' }))(event());
    expect(JSON.stringify(lines)).not.toContain('Zhang');
  });

  it('logs no header, query or body', async () => {
    await answering(() => ({}))(event({ body: '{"password":"hunter2"}', rawQueryString: 'q=private-query' }));
    const text = JSON.stringify(lines);
    expect(lines).toHaveLength(1);
    for (const secret of ['Bearer', 'hunter2', 'private-query']) expect(text).not.toContain(secret);
  });

  it('does not tell a caller which setting is missing, and says so in the log', async () => {
    const handler = createHttpHandler(() => Promise.reject(new AppError('config.invalid', { setting: 'ECODE_MASTER_KEY' })), deps);
    const reply = await handler(event());
    expect(reply.statusCode).toBe(500);
    expect(reply.body).not.toContain('ECODE_MASTER_KEY');
    expect(JSON.stringify(lines)).toContain('ECODE_MASTER_KEY');
  });

  it('starts once for many requests, and tries again after a start that failed', async () => {
    let starts = 0;
    const handler = createHttpHandler(async () => {
      starts += 1;
      if (starts === 1) throw new Error('no network yet');
      return async () => jsonReply({ starts });
    }, deps);
    expect((await handler(event())).statusCode).toBe(500);
    const replies = await Promise.all([handler(event()), handler(event()), handler(event())]);
    expect(replies.map(({ body }) => body)).toEqual(Array(3).fill('{"starts":2}'));
  });
});
