import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { verifyPassbook } from '../../functions/domain/verify-passbook';
import { alipayNoticeKind } from '../../sandbox/alipay/notice';
import { faultApplies, faultTable } from '../../sandbox/cashier/faults';
import type { Outgoing } from '../../sandbox/lib/courier';
import type { WorldEvent } from '../../sandbox/lib/events';
import type { Delivery, Fault } from '../../sandbox/state';
import { wechatNoticeKind } from '../../sandbox/wechat-pay/callback';
import { type ErrorCode, errorTable } from '../../shared/errors';
import { root } from '../support/project';
import { ask, expectRefusal, type Heard } from './support/ask';
import { eventually, Phone, type Student, studentOf, succeeded } from './support/phone';
import { type HttpWorld, startHttpWorld } from './support/world';

type Platform = Delivery['platform'];

const scratch = mkdtempSync(path.join(tmpdir(), 'ecode-http-'));
const outboundLog = path.join(scratch, 'outbound.log');
/** Time passes this much faster where a test does not wait for the vendor's real schedule. */
const HURRY = 1_000_000;

let world: HttpWorld;
const payers: Record<Platform, { phone: Phone; student: Student }[]> = { 'wechat-pay': [], alipay: [] };

beforeAll(async () => {
  const before = process.env.NODE_OPTIONS;
  process.env.OUTBOUND_LOG = outboundLog;
  process.env.NODE_OPTIONS = `${before ?? ''} --require ${path.join(root, 'test/http/support/outbound.cjs')}`;
  world = await startHttpWorld(2, { cardholdersPerSchool: 12, dataFolder: path.join(scratch, 'data') });
  process.env.NODE_OPTIONS = before ?? '';
  for (const nth of [0, 1]) {
    const wechat = await studentOf(world, 'shanghaitech', nth);
    payers['wechat-pay'].push({ phone: await new Phone(world).bound(wechat), student: wechat });
    const alipay = await studentOf(world, 'bistu', nth);
    payers.alipay.push({ phone: await new Phone(world, 'alipay-mini').bound(alipay), student: alipay });
  }
}, 120_000);
afterAll(async () => {
  await world?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const payer = (platform: Platform) => {
  const [first] = payers[platform];
  if (!first) throw new Error('no payer');
  return first;
};
const entriesOf = async ({ schoolId, accountNo }: Student) => {
  const { entries } = await world.passbook.entries(schoolId, accountNo, { from: 1, to: 10_000, limit: 10_000 });
  return [...entries].reverse();
};
const creditsOf = async (student: Student, orderNo: string): Promise<number> =>
  (await entriesOf(student)).filter(({ entryId }) => entryId === orderNo).length;

/** The next thing that happens to the callback of this order. */
function callbackOutcome(orderNo: string, withinMs = 15_000): Promise<WorldEvent> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing happened to the callback of ${orderNo}`)), withinMs);
    const end = world.stack.sandbox.world.events.subscribe((event) => {
      if (event.subject !== orderNo || !/^callback\.(not-)?accepted$/.test(event.kind)) return;
      clearTimeout(timer);
      end();
      resolve(event);
    });
  });
}

/** The platform cannot be asked meanwhile, so that only the callback can bring the money. */
async function unaskable<T>(platform: Platform, act: () => Promise<T>): Promise<T> {
  const name = platform === 'alipay' ? 'alipay' : 'wechatPay';
  world.stack.sandbox.world.switchOutage(name, 'error');
  try {
    return await act();
  } finally {
    world.stack.sandbox.world.switchOutage(name, 'none');
  }
}

const logText = (): string => readFileSync(world.stack.logFile, 'utf8');

/** What the log says was refused since then: the platform itself hears no reason. */
async function refusalsSince(length: number): Promise<string[]> {
  const found = (): string[] =>
    [
      ...logText()
        .slice(length)
        .matchAll(/"message":"refusal".*?"error":"([a-z.-]+)"/g),
    ].map(([, code = '']) => code);
  await eventually(async () => found().length > 0);
  return found();
}

/** The very bytes the platform would send of a delivery, signed now. */
function compose(delivery: Delivery, fault: Fault | null = null): Outgoing {
  const { keys, state, events } = world.stack.sandbox.world;
  const parts = {
    keys,
    state,
    events,
    clock: Date.now,
    wireClock: Date.now,
    randomBytes: (count: number) => new Uint8Array(randomBytes(count)),
    changed: () => undefined,
  };
  const kind = delivery.platform === 'alipay' ? alipayNoticeKind(parts) : wechatNoticeKind(parts);
  const outgoing = kind.compose({ ...delivery, fault: fault === null ? null : { fault, attempts: null } }).at(-1);
  if (!outgoing) throw new Error('nothing to send');
  return outgoing;
}

function deliveryOf(orderNo: string): Delivery {
  const found = Object.values(world.stack.sandbox.world.state.deliveries).find((delivery) => delivery.orderNo === orderNo);
  if (!found) throw new Error(`no callback of ${orderNo}`);
  return found;
}

function post(platform: Platform, { headers, body }: Outgoing): Promise<Heard> {
  return ask(`${world.stack.functionsUrl}/callbacks/${platform}`, { method: 'POST', headers, body: new Uint8Array(body) });
}

/** An order that was paid and whose callback never came. */
async function paidInSilence(
  platform: Platform,
  nth = 0,
): Promise<{ orderNo: string; student: Student; phone: Phone; delivery: Delivery }> {
  const found = payers[platform][nth];
  if (!found) throw new Error('no such payer');
  const { orderNo, payParams } = succeeded(await found.phone.order(700));
  world.stack.sandbox.world.switchFault({ fault: 'lost', attempts: null }, orderNo);
  await found.phone.pay(payParams);
  return { orderNo, ...found, delivery: deliveryOf(orderNo) };
}

const REFUSED: readonly (readonly [Platform, Fault, ErrorCode])[] = [
  ['wechat-pay', 'byte-flipped', 'callback.bad-signature'],
  ['wechat-pay', 'unsigned', 'callback.bad-signature'],
  ['wechat-pay', 'bad-tag', 'callback.undecryptable'],
  ['wechat-pay', 'wrong-associated-data', 'callback.undecryptable'],
  ['wechat-pay', 'stale-time', 'callback.stale'],
  ['wechat-pay', 'unknown-serial', 'callback.unknown-serial'],
  ['wechat-pay', 'other-seller', 'callback.other-merchant'],
  ['wechat-pay', 'other-app', 'callback.other-app'],
  ['wechat-pay', 'amount-changed', 'callback.amount-mismatch'],
  ['wechat-pay', 'currency-changed', 'callback.amount-mismatch'],
  ['wechat-pay', 'unknown-order', 'order.unknown'],
  ['alipay', 'byte-flipped', 'callback.bad-signature'],
  ['alipay', 'unsigned', 'callback.bad-signature'],
  ['alipay', 'sign-type-rsa', 'callback.bad-signature'],
  ['alipay', 'bad-percent-encoding', 'request.malformed'],
  ['alipay', 'other-seller', 'callback.other-merchant'],
  ['alipay', 'other-app', 'callback.other-app'],
  ['alipay', 'amount-changed', 'callback.amount-mismatch'],
  ['alipay', 'unknown-order', 'order.unknown'],
];
/** Faults of delivery, after which the money must come all the same. */
const HARMLESS: readonly Fault[] = ['lost', 'repeated', 'late', 'out-of-order', 'sign-test'];

describe('a callback that is not what it claims to be', () => {
  it('is tried in every way the sandbox knows', () => {
    for (const platform of ['wechat-pay', 'alipay'] as const) {
      const faults = (Object.keys(faultTable) as Fault[]).filter((fault) => faultApplies(fault, platform) && !HARMLESS.includes(fault));
      expect(REFUSED.flatMap(([of, fault]) => (of === platform ? [fault] : [])).sort()).toEqual(faults.sort());
    }
  });

  it.each(REFUSED)('of %s, %s: is refused as %s, credits nothing, and the good repeat credits once', async (platform, fault, code) => {
    const { phone, student } = payer(platform);
    const outside = world.stack.sandbox.world;
    const { orderNo, payParams } = succeeded(await phone.order(700));
    const logged = logText().length;
    outside.switchFault({ fault, attempts: 1 }, orderNo);

    const event = await unaskable(platform, () =>
      world.ledger.unchangedBy(async () => {
        const outcome = callbackOutcome(orderNo);
        await phone.pay(payParams);
        return outcome;
      }),
    );
    expect(event).toMatchObject({ kind: 'callback.not-accepted', detail: { status: errorTable[code].status } });
    expect(event.detail.answer).toMatch(platform === 'alipay' ? /^failure$/ : /^\{"code":"FAIL","message":"\w+"\}$/);
    expect(await refusalsSince(logged)).toContain(code);
    expect(await creditsOf(student, orderNo)).toBe(0);

    // The vendor's own next attempt, whose wait passes at once.
    outside.switchFault(null, orderNo);
    const good = callbackOutcome(orderNo);
    outside.setSpeed(HURRY);
    expect(await good).toMatchObject({ kind: 'callback.accepted' });
    outside.setSpeed(1);
    expect(await creditsOf(student, orderNo)).toBe(1);
    expect(succeeded(await phone.get(`/student/top-ups/${orderNo}`))).toMatchObject({ state: 'credited', amountFen: 700 });
  });

  it('of an unknown serial makes the functions ask nobody', async () => {
    const silent = await paidInSilence('wechat-pay');
    const requests = (): string[] =>
      readFileSync(outboundLog, 'utf8')
        .split('\n')
        .filter((line) => line.includes('-callback-'));
    // The recorder records: a good callback reads and writes the tables.
    const tables = world.stack.dynamodbEndpoint;
    expect(requests().length).toBeGreaterThan(0);
    const before = requests().length;
    for (const fault of ['unknown-serial', 'byte-flipped', 'stale-time', 'bad-tag', 'unsigned', 'other-seller'] as const) {
      const heard = await world.ledger.unchangedBy(() => post('wechat-pay', compose(silent.delivery, fault)));
      expect(heard.status).toBeGreaterThanOrEqual(400);
    }
    // Not even the tables are asked for what is not signed by the platform and for us.
    expect(requests().slice(before)).toEqual([]);
    expect((await post('wechat-pay', compose(silent.delivery))).status).toBe(204);
    expect(requests().length).toBeGreaterThan(before);
    for (const line of requests()) expect(line.split(' ')[1]).toBe(tables);
    expect(await creditsOf(silent.student, silent.orderNo)).toBe(1);
  });

  it.each(['wechat-pay', 'alipay'] as const)('of %s is refused when any part of it is changed after signing', async (platform) => {
    const { delivery, orderNo, student } = await paidInSilence(platform, 1);
    const { headers, body } = compose(delivery);
    const text = body.toString('utf8');
    const spoiled: Outgoing[] = [];
    for (let at = 3; at < body.length; at += Math.ceil(body.length / 40)) {
      const bytes = Buffer.from(body);
      bytes[at] = (bytes[at] ?? 0) ^ 0x01;
      spoiled.push({ headers, body: bytes });
    }
    spoiled.push({ headers, body: Buffer.from(`${text} `) }, { headers, body: Buffer.from('') }, { headers, body: Buffer.from('{"a":') });
    if (platform === 'alipay') {
      spoiled.push({ headers, body: Buffer.from(`${text}&total_amount=0.01`) });
      spoiled.push({ headers, body: Buffer.from(`${text}&seller_id=2088000000000000`) });
      spoiled.push({ headers, body: Buffer.from(`${text}&__proto__=x`) });
      spoiled.push({ headers, body: Buffer.from(text.replace('sign_type=RSA2', 'sign_type=RSA')) });
      spoiled.push({ headers, body: Buffer.from(text.replace('sign_type=RSA2', 'sign_type=NONE')) });
      spoiled.push({ headers, body: Buffer.from(text.replace('&sign_type=RSA2', '')) });
    } else {
      for (const name of ['wechatpay-signature', 'wechatpay-timestamp', 'wechatpay-nonce', 'wechatpay-serial']) {
        const without = Object.fromEntries(Object.entries(headers).filter(([header]) => header.toLowerCase() !== name));
        spoiled.push({ headers: without, body }, { headers: { ...without, [name]: '0' }, body });
      }
    }
    const answers = await unaskable(platform, () =>
      world.ledger.unchangedBy(async () => {
        const statuses: number[] = [];
        for (const one of spoiled) statuses.push((await post(platform, one)).status);
        return statuses;
      }),
    );
    expect(answers.filter((status) => status < 400 || status >= 500)).toEqual([]);
    expect((await post(platform, { headers, body })).status).toBeLessThan(300);
    expect(await creditsOf(student, orderNo)).toBe(1);
  });

  it.each(['wechat-pay', 'alipay'] as const)('at %s is refused above 64 KB, and not found with another method', async (platform) => {
    const url = `${world.stack.functionsUrl}/callbacks/${platform}`;
    const large = await world.ledger.unchangedBy(() => ask(url, { method: 'POST', body: 'x'.repeat(65_537) }));
    expectRefusal(large, 'request.too-large');
    for (const method of ['GET', 'PUT', 'DELETE']) expect((await ask(url, { method })).status).toBe(404);
  });

  it.each(['wechat-pay', 'alipay'] as const)('sent to the other platform than %s is refused', async (platform) => {
    const { delivery, orderNo, student, phone } = await paidInSilence(platform);
    const other = platform === 'alipay' ? 'wechat-pay' : 'alipay';
    const heard = await world.ledger.unchangedBy(() => post(other, compose(delivery)));
    expect([400, 401]).toContain(heard.status);
    expect(await creditsOf(student, orderNo)).toBe(0);
    await post(platform, compose(delivery));
    expect(succeeded(await phone.get(`/student/top-ups/${orderNo}`)).state).toBe('credited');
  });
});

describe('a callback that is good', () => {
  it.each(['wechat-pay', 'alipay'] as const)(
    'of %s: 50 copies at once with a concurrent order query credit once',
    async (platform) => {
      const { delivery, orderNo, student, phone } = await paidInSilence(platform, 1);
      // From this age on a look at the order asks the platform.
      await new Promise((resolve) => setTimeout(resolve, 3_100));
      const before = (await entriesOf(student)).length;
      const copy = compose(delivery);
      const [looks, ...answers] = await Promise.all([
        Promise.all(Array.from({ length: 3 }, () => phone.get(`/student/top-ups/${orderNo}`))),
        ...Array.from({ length: 50 }, () => post(platform, copy).catch(() => undefined)),
      ]);
      expect(looks.map(({ status }) => status)).toEqual([200, 200, 200]);
      const accepted = answers.filter((heard) => heard !== undefined && heard.status < 300);
      expect(accepted.length).toBeGreaterThan(0);
      // A copy that was not accepted is sent again by the platform: then it is, and nothing more happens.
      expect((await post(platform, copy)).status).toBeLessThan(300);
      expect(succeeded(await phone.get(`/student/top-ups/${orderNo}`)).state).toBe('credited');
      const entries = await entriesOf(student);
      expect(entries).toHaveLength(before + 1);
      expect(await creditsOf(student, orderNo)).toBe(1);
      expect(verifyPassbook(entries)).toEqual([]);
    },
    90_000,
  );

  it('is taken in both verification modes of WeChat Pay, whichever way they are switched while it is under way', async () => {
    const outside = world.stack.sandbox.world;
    const { phone, student } = payer('wechat-pay');
    const before = (await entriesOf(student)).length;
    const orders: string[] = [];
    const serials = new Set<string>();
    for (const mode of ['certificate', 'public-key', 'certificate', 'public-key'] as const) {
      outside.switchVerificationMode(mode);
      const { orderNo, payParams } = succeeded(await phone.order(300));
      orders.push(orderNo);
      const outcome = callbackOutcome(orderNo);
      await phone.pay(payParams);
      // Signed in the old mode, on its way while the merchant and the platform go over to the other.
      outside.switchVerificationMode(mode === 'certificate' ? 'public-key' : 'certificate');
      expect(await outcome).toMatchObject({ kind: 'callback.accepted' });
      serials.add(wechatSerial(compose(deliveryOf(orderNo))));
    }
    const late = await paidInSilence('wechat-pay');
    const inBoth = (['certificate', 'public-key'] as const).map((mode) => {
      outside.switchVerificationMode(mode);
      return compose(late.delivery);
    });
    expect(new Set(inBoth.map(wechatSerial)).size).toBe(2);
    const answers = await Promise.all(inBoth.map((one) => post('wechat-pay', one)));
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    outside.switchVerificationMode('certificate');
    const entries = await entriesOf(student);
    expect(entries).toHaveLength(before + 5);
    for (const orderNo of [...orders, late.orderNo]) expect(await creditsOf(student, orderNo)).toBe(1);
    expect(serials.size).toBe(2);
    expect(verifyPassbook(entries)).toEqual([]);
  });

  it.each(['wechat-pay', 'alipay'] as const)('of %s that never comes is made up for by a look at the order', async (platform) => {
    const { orderNo, student, phone } = await paidInSilence(platform);
    await eventually(async () => succeeded(await phone.get(`/student/top-ups/${orderNo}`)).state === 'credited');
    expect(await creditsOf(student, orderNo)).toBe(1);
  });
});

function wechatSerial({ headers }: Outgoing): string {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'wechatpay-serial')?.[1] ?? '';
}
