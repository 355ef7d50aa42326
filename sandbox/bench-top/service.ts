import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { build } from 'esbuild';
import * as v from 'valibot';
import type { RulePack } from '../../shared/rule-pack';
import type { BenchReply, BenchTop } from '../local/front-door';
import type { BenchParts } from '../local/stack';
import { demoPerson } from '../roster/people';
import { createBooks, type PlatformOrder } from './books';
import { createCardDrawer } from './cards';
import { createHall, hallActSchema } from './hall';
import { openKept } from './kept';
import { benchMachines } from './machines';
import { clockSchema, createMorning, lieSchema } from './morning';
import { createTills, faultsSchema, pressSchema } from './tills';

const MAX_BODY = 16_384;

/** The page at `/`: two phones, a till, the cashier, finance and what happens. It plays people and machines, never the product. */
export function createBenchTop(parts: BenchParts): BenchTop {
  const books = createBooks(parts.dynamodbEndpoint, parts.tables);
  const loaded = books.load();
  parts.feed.subscribe((item) => {
    if (item.source === 'passbook') books.add(item.detail);
  });
  const kept = openKept(parts.folder);
  const cards = createCardDrawer({ secrets: parts.secrets, kept });
  const tills = createTills({ secrets: parts.secrets, functionsUrl: parts.functionsUrl, fetch, clock: Date.now, cards });
  const { secrets, packs, functionsUrl } = parts;
  const hall = createHall({
    machinesOf: benchMachines({ secrets, packs, functionsUrl, kept, fetch, clock: Date.now }),
    chipOf: cards.chip,
  });
  const morning = createMorning(parts, { fetch, clock: Date.now });
  const { state } = parts.sandbox.world;
  if (state.currentPerson.wechat === '') welcomePeople(parts);

  const gets: Readonly<Record<string, () => unknown>> = {
    '/bench/schools': () => parts.packs.map(schoolView),
    '/bench/sms': () => state.sms.slice(-5),
    '/bench/till': () => tills.faults(),
    '/bench/morning': () => morning.view(),
  };
  const posts: Readonly<Record<string, (body: unknown) => unknown>> = {
    '/bench/new-people': () => welcomePeople(parts),
    '/bench/morning/clock': (body) => morning.setClock(v.parse(clockSchema, body)),
    '/bench/morning/traffic': () => morning.traffic(),
    '/bench/morning/lie': (body) => morning.lie(v.parse(lieSchema, body)),
    '/bench/morning/run': () => morning.run(),
    '/bench/hall': (body) => hall.act(v.parse(hallActSchema, body)),
    '/bench/till/press': (body) => tills.press(v.parse(pressSchema, body)),
    '/bench/till/faults': (body) => {
      tills.setFaults(v.parse(faultsSchema, body));
      return tills.faults();
    },
  };

  return async (request, url) => {
    if (url.pathname === '/') return page('bench-top.html', 'text/html; charset=utf-8');
    if (url.pathname === '/bench/bench-top.css') return page('bench-top.css', 'text/css; charset=utf-8');
    if (url.pathname === '/bench/hall.css') return page('hall.css', 'text/css; charset=utf-8');
    if (request.method === 'GET' && url.pathname === '/bench/hall') {
      const school = schoolOf(parts, url);
      await hall.tick(school);
      return json(200, hall.view(school));
    }
    if (url.pathname === '/bench/bench-top.js')
      return { status: 200, contentType: 'text/javascript; charset=utf-8', body: await pageScript() };
    if (request.method === 'GET' && url.pathname === '/bench/books') {
      await loaded;
      return json(200, books.view(Date.now(), paidOrders(parts)));
    }
    const get = request.method === 'GET' && Object.hasOwn(gets, url.pathname) ? gets[url.pathname] : undefined;
    if (get !== undefined) return json(200, await get());
    const post = request.method === 'POST' && Object.hasOwn(posts, url.pathname) ? posts[url.pathname] : undefined;
    if (post === undefined) return undefined;
    try {
      return json(200, await post(await readBody(request)));
    } catch (error) {
      return json(400, { error: error instanceof Error ? error.message : 'malformed' });
    }
  };
}

/** Somebody with a new WeChat account holds phone one, and somebody with a new Alipay account phone two. */
function welcomePeople({ sandbox: { world } }: BenchParts): { wechat: string; alipay: string } {
  const count = Object.keys(world.state.persons).length;
  const wechat = world.addPerson(`phone-one-${count + 1}`);
  const alipay = world.addPerson(`phone-two-${count + 2}`);
  world.signIn('wechat', wechat.id);
  world.signIn('alipay', alipay.id);
  return { wechat: wechat.id, alipay: alipay.id };
}

/** The school asked for, or the first. */
function schoolOf({ packs }: BenchParts, url: URL): string {
  const asked = url.searchParams.get('school');
  const pack = packs.find(({ schoolId }) => schoolId === asked) ?? packs[0];
  if (pack === undefined) throw new Error('no schools');
  return pack.schoolId;
}

function paidOrders({ sandbox }: BenchParts): PlatformOrder[] {
  const { wechatOrders, alipayTrades } = sandbox.world.state;
  return [...Object.values(wechatOrders), ...Object.values(alipayTrades)].flatMap(({ outTradeNo, totalFen, paidAt }) =>
    paidAt === null ? [] : [{ orderNo: outTradeNo, amountFen: totalFen, paidAt }],
  );
}

/** A school, with the made-up person who shows it and what they type first. */
function schoolView(pack: RulePack) {
  const person = demoPerson(pack.schoolId, 'student');
  const digits = person.idTail.replace(/\D/g, '').slice(-6);
  const rule = pack.signIn.initialPassword[0];
  const password = rule?.kind === 'fixed' ? rule.value : digits;
  const { number, name, cardNumber } = person;
  const idTail = person.idTail.slice(-6);
  return { schoolId: pack.schoolId, name: pack.name, person: { name, number, password, idTail, cardNumber } };
}

async function page(file: string, contentType: string): Promise<BenchReply> {
  return { status: 200, contentType, body: await readFile(path.join(__dirname, file)) };
}

let script: Promise<string> | undefined;

/** The page's own program, bundled once a start: it decodes what a phone has drawn, so it carries a QR reader. */
function pageScript(): Promise<string> {
  script ??= build({
    entryPoints: [path.join(__dirname, 'page', 'main.ts')],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? '');
  return script;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let size = 0;
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    size += part.length;
    if (size > MAX_BODY) throw new Error('too large');
    chunks.push(part);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function json(status: number, body: unknown): BenchReply {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}
