import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFeed } from './feed';
import { type FrontDoor, openFrontDoor } from './front-door';

let folder: string;
let upstream: Server;
let door: FrontDoor;
const feed = createFeed();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'ecode-door-'));
  mkdirSync(path.join(folder, 'h5', 'js'), { recursive: true });
  writeFileSync(path.join(folder, 'h5', 'index.html'), '<!doctype html><html><head lang="zh"><title>x</title></head></html>');
  writeFileSync(path.join(folder, 'h5', 'js', 'app.js'), 'app()');
  writeFileSync(path.join(folder, 'secret.txt'), 'secret');
  upstream = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    outgoing
      .writeHead(418, { 'x-seen': `${incoming.method} ${incoming.url} ${incoming.headers['x-ecode-school']}` })
      .end(Buffer.concat(chunks));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const address = upstream.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  door = await openFrontDoor({ port: 0, h5Folder: path.join(folder, 'h5'), functionsUrl: url, sandboxUrl: `${url}/world`, feed });
});

afterAll(async () => {
  await door.close();
  upstream.close();
  rmSync(folder, { recursive: true });
});

describe('the front door', () => {
  it('gives a computer the browser build with no container around it', async () => {
    const html = await (await fetch(`${door.url}/computer/`)).text();
    expect(html).toContain('<title>x</title>');
    expect(html).not.toContain('bridge.js');
    expect(await (await fetch(`${door.url}/computer/js/app.js`)).text()).toBe('app()');
    expect((await fetch(`${door.url}/computer?a=1`, { redirect: 'manual' })).headers.get('location')).toBe('/computer/?a=1');
  });

  it('gives each phone the browser build with its container played before anything else runs', async () => {
    const html = await (await fetch(`${door.url}/phone/alipay/?a=1#/pages/home`)).text();
    expect(html).toMatch(
      /<head lang="zh"><script src="\/phone\/bridge\.js" data-container="alipay" data-user-agent="[^"]*AlipayClient[^"]*"><\/script><title>/,
    );
    expect(await (await fetch(`${door.url}/phone/wechat/js/app.js`)).text()).toBe('app()');
    expect(await (await fetch(`${door.url}/phone/bridge.js`)).text()).toContain('getBrandWCPayRequest');
  });

  it('passes a request to the functions byte for byte', async () => {
    const body = Buffer.from([0, 255, 10, 13, 128]);
    const reply = await fetch(`${door.url}/api/terminal/charges?x=%20`, { method: 'POST', body, headers: { 'x-ecode-school': 'bistu' } });
    expect([reply.status, reply.headers.get('x-seen')]).toEqual([418, 'POST /terminal/charges?x=%20 bistu']);
    expect(Buffer.from(await reply.arrayBuffer())).toEqual(body);
    expect((await fetch(`${door.url}/sandbox/control/persons`)).headers.get('x-seen')).toContain('GET /world/control/persons');
  });

  it('serves no file outside the build', async () => {
    for (const tried of ['..%2fsecret.txt', '..%2f..%2fetc%2fpasswd', '%2e%2e/secret.txt']) {
      expect((await fetch(`${door.url}/phone/wechat/${tried}`)).status).toBeGreaterThanOrEqual(400);
    }
  });

  it('answers to no other name than 127.0.0.1', async () => {
    const status = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port: door.port, path: '/', headers: { host } }, (reply) => resolve(reply.resume().statusCode))
          .once('error', reject)
          .end();
      });
    expect(await status('evil.example:80')).toBe(421);
    expect(await status(`localhost:${door.port}`)).toBe(307);
    expect(await status(`127.0.0.1:${door.port}`)).toBe(200);
  });

  it('tells what happened and what happens', async () => {
    feed.publish({ at: 1, source: 'world', kind: 'order.created', subject: 'before', detail: {} });
    const reply = await fetch(`${door.url}/bench/feed`);
    const reader = reply.body?.getReader();
    const read = async (): Promise<string> => Buffer.from((await reader?.read())?.value ?? []).toString();
    expect(await read()).toContain('"subject":"before"');
    feed.publish({ at: 2, source: 'passbook', kind: 'charge', subject: 'after', detail: {} });
    expect(await read()).toContain('"subject":"after"');
    await reader?.cancel();
  });
});
