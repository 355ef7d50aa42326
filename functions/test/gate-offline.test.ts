import { createGate } from '../../sandbox/terminals/gate';
import type { Machine } from '../../sandbox/terminals/machine';
import { newTerminalKey } from '../../sandbox/terminals/signed-request';
import { errorTable } from '../../shared/errors';
import { readIdentityPass } from '../../shared/identity-pass-format';
import type { RulePack } from '../../shared/rule-pack';
import { DAY_MS } from '../../shared/time';
import { refuse } from '../lib/handler';
import { jsonReply } from '../lib/http';
import { giveUpPasses } from '../operations/pass-keys';
import { createTerminals } from '../store/terminals';
import { createIdentitiesOn } from '../wiring/terminal-identities';
import { createTerminalLife } from '../wiring/terminal-life';
import { PassWorld } from './pass-world';
import { codeOf, type Phone } from './student-world';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const quiet = {
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  counter: { count: () => undefined, publish: () => undefined },
  texts: errorTable,
};

/** A school with one gate, its screen on a line to the functions as their wirings make them, and phones on the student API. */
class GateWorld {
  readonly passes: PassWorld;
  readonly gate: Machine;

  private constructor(passes: PassWorld, gate: Machine) {
    this.passes = passes;
    this.gate = gate;
  }

  static async open({ antiPassback = false, pack }: { antiPassback?: boolean; pack?: (pack: RulePack) => RulePack } = {}) {
    const passes = await PassWorld.create((bistu) => (pack ?? ((same: RulePack) => same))({ ...bistu, codes: noFirstSync(bistu) }));
    const { students } = passes;
    const { database } = students;
    const key = newTerminalKey();
    const setting = { group: 'library', direction: 'both', antiPassback } as const;
    const row = {
      schoolId: 'bistu',
      terminal: 51,
      publicKey: key.publicKey,
      merchant: 12,
      name: '图书馆',
      kind: 'gate',
      gate: setting,
    } as const;
    await createTerminals(database).save({ ...row, status: 'active' });
    const clock = () => students.now;
    const verify = createIdentitiesOn(database, new Uint8Array(32).fill(7), clock);
    const life = createTerminalLife({ database, clock, pinKeys: new Map() as never });
    const fetchInProcess: typeof fetch = async (input, init) => {
      const headers = Object.fromEntries(new Headers(init?.headers).entries());
      const { pathname: path } = new URL(String(input));
      const rawBody = new TextEncoder().encode(String(init?.body));
      const request = { method: 'POST', path, query: {}, headers, rawBody, sourceIp: '192.0.2.1', requestId: 'r' };
      const heard: Promise<unknown> = path === '/terminal/heartbeats' ? life.heartbeat(request) : verify(request);
      const reply = await heard.then(jsonReply, (error: unknown) => refuse(error, quiet));
      return new Response(String(reply.body), { status: reply.status });
    };
    let memory: unknown;
    const kept = {
      load: () => memory,
      save: (next: unknown) => {
        memory = JSON.parse(JSON.stringify(next));
      },
    };
    const world = { fetch: fetchInProcess, clock, baseUrl: 'http://gate.invalid', memory: kept };
    return new GateWorld(
      passes,
      createGate({ schoolId: 'bistu', terminal: 51, key, pinKeys: [] }, await students.deps.packOf('bistu'), world),
    );
  }

  get now(): number {
    return this.passes.students.now;
  }

  wait(ms: number): void {
    this.passes.students.now += ms;
  }

  /** The pass that a phone shows now. */
  async shown(phone: Phone): Promise<string> {
    const heard = await phone.post('/student/identity-passes');
    if (heard.status !== 200) throw new Error(JSON.stringify(heard.body));
    return passAt(heard.body, this.now);
  }

  /** The gate hears its settings, and then nothing any more. */
  async goOffline(): Promise<void> {
    await this.gate.tick?.();
    this.gate.setFault('network-cut', true);
  }

  async scan(code: string, direction: 'in' | 'out' = 'in') {
    const { light, notice, lines } = await this.gate.press('scan', { code, direction });
    return { light, says: notice?.text.zh, shows: lines.map(({ value }) => (typeof value === 'string' ? value : value.zh)) };
  }
}

/** BI-03 is a matter of other tests. */
function noFirstSync({ codes: { firstSync: _firstSync, ...codes } }: RulePack): RulePack['codes'] {
  return codes;
}

function passAt({ passes, from, sliceMinutes }: { passes: string[]; from: string; sliceMinutes: number }, now: number): string {
  return passes[Math.floor((now - Date.parse(from)) / (sliceMinutes * MINUTE_MS))] ?? '';
}

const OPEN = { light: 'green', says: '请通行', shows: ['学生', '离线身份码'] };
const saysOf = (code: keyof typeof errorTable) => ({ light: 'red', says: errorTable[code].zh, shows: [] });

describe('a gate without network', () => {
  it('opens to the identity pass of a phone without network for three days, and says the role and no more', async () => {
    const world = await GateWorld.open();
    const { phone } = await world.passes.holder(0);
    const given = (await phone.post('/student/identity-passes')).body;
    expect(given.passes).toHaveLength(36);
    await world.goOffline();
    for (let hour = 0; hour < 70; hour += 5) {
      expect(await world.scan(passAt(given, world.now))).toEqual(OPEN);
      world.wait(5 * HOUR_MS);
    }
  });

  it('asks for one where a code or a card is shown, and stays shut to them', async () => {
    const world = await GateWorld.open();
    await world.passes.holder(0);
    await world.goOffline();
    expect(await world.scan(`90${'1'.repeat(22)}`)).toMatchObject({ light: 'red', says: '无法联网，请人工核验' });
    const provided = await GateWorld.open();
    await provided.shown((await provided.passes.holder(0)).phone);
    await provided.goOffline();
    expect(await provided.scan(`90${'1'.repeat(22)}`)).toMatchObject({ light: 'red', says: '无法联网，请出示离线身份码，或人工核验' });
  });

  it('refuses a pass before and after its two hours, but for a queue of five minutes', async () => {
    const world = await GateWorld.open();
    const { phone } = await world.passes.holder(0);
    const pass = await world.shown(phone);
    const { validFrom, validUntil } = readIdentityPass(pass) ?? { validFrom: 0, validUntil: 0 };
    expect(validUntil - validFrom).toBe(2 * HOUR_MS + 10 * MINUTE_MS);
    await world.goOffline();
    world.passes.students.now = validUntil;
    expect(await world.scan(pass)).toEqual(OPEN);
    world.wait(1);
    expect(await world.scan(pass)).toEqual(saysOf('pass.expired'));
    world.passes.students.now = validFrom - 1;
    expect(await world.scan(pass)).toEqual(saysOf('pass.not-yet-valid'));
  });

  it('refuses what is forged, of another school, cut short, or a pass that pays', async () => {
    const world = await GateWorld.open();
    const { phone } = await world.passes.holder(20_000);
    const pass = await world.shown(phone);
    const pays = (await world.passes.open(phone)).passes[0] ?? '';
    await world.goOffline();
    const bytes = BigInt(pass.slice(2));
    const forged = [bytes ^ 1n, bytes ^ (1n << 500n)].map((one) => `94${one.toString().padStart(224, '0')}`);
    for (const digits of forged) expect(await world.scan(digits)).toEqual(saysOf('pass.forged'));
    // A student's pass that says "staff".
    const staff = bytes ^ (3n << BigInt(8 * (92 - 20)));
    expect(await world.scan(`94${staff.toString().padStart(224, '0')}`)).toEqual(saysOf('pass.forged'));
    const school = bytes ^ (1n << BigInt(8 * (92 - 1)));
    expect(await world.scan(`94${school.toString().padStart(224, '0')}`)).toEqual(saysOf('pass.other-school'));
    expect(await world.scan(pass.slice(0, -1))).toEqual(saysOf('pass.malformed'));
    // The same signed bytes under the other prefix are still a pass that pays.
    expect(await world.scan(`94${pays.slice(2)}`)).toEqual(saysOf('pass.malformed'));
    expect(await world.scan(pays)).toEqual(saysOf('identity.payment-code'));
    expect(await world.scan(pass)).toEqual(OPEN);
  });

  it('refuses the passes of a lost phone and of a removed app once it heard of it, and takes them again when the report is taken back', async () => {
    const world = await GateWorld.open();
    const { holder, phone } = await world.passes.holder(0);
    const other = world.passes.students.phone('second');
    await other.signIn();
    await other.bind(holder, '739154');
    const [first, second] = [await world.shown(phone), await world.shown(other)];
    await phone.post('/student/unbind');
    world.wait(10_000);
    await world.goOffline();
    expect(await world.scan(first)).toEqual(saysOf('pass.revoked'));
    expect(await world.scan(second)).toEqual(OPEN);

    world.gate.setFault('network-cut', false);
    await other.post('/student/loss', { password: '739154', keepCodes: false });
    expect(codeOf(await other.post('/student/identity-passes'))).toBe('code.frozen');
    world.wait(MINUTE_MS);
    await world.goOffline();
    expect(await world.scan(second)).toEqual(saysOf('pass.revoked'));

    world.gate.setFault('network-cut', false);
    await other.post('/student/sms-code');
    const proof = { kind: 'sms', value: world.passes.students.sent.at(-1)?.code };
    expect((await other.post('/student/loss/cancel', { password: '739154', proof })).status).toBe(200);
    world.wait(MINUTE_MS);
    await world.goOffline();
    expect(await world.scan(second)).toEqual(OPEN);
    expect(await world.scan(first)).toEqual(saysOf('pass.revoked'));
  });

  it('keeps the list of what it must not take over three days, in which every pass that was out has run out', async () => {
    const world = await GateWorld.open();
    const { phone } = await world.passes.holder(0);
    const given = (await phone.post('/student/identity-passes')).body;
    await phone.post('/student/loss', { password: '739154', keepCodes: false });
    for (let hour = 0; hour < 72; hour += 2) {
      world.gate.setFault('network-cut', false);
      await world.goOffline();
      expect(await world.scan(passAt(given, world.now))).toEqual(saysOf('pass.revoked'));
      world.wait(2 * HOUR_MS);
    }
  });

  it('refuses every pass of an epoch that the school gave up', async () => {
    const world = await GateWorld.open();
    const { phone } = await world.passes.holder(0);
    const pass = await world.shown(phone);
    await giveUpPasses(world.passes.students.deps, 'bistu');
    world.wait(10_000);
    await world.goOffline();
    expect(await world.scan(pass)).toEqual(saysOf('pass.revoked'));
    expect(await world.scan(await world.shown(phone))).toMatchObject({ light: 'green' });
  });

  it('lets nobody in twice against passback: not by the same pass, not by the next of the same phone, and out is never refused', async () => {
    const world = await GateWorld.open({ antiPassback: true });
    const { phone } = await world.passes.holder(0);
    const friend = await world.passes.holder(0, 'friend');
    const given = (await phone.post('/student/identity-passes')).body;
    const pass = passAt(given, world.now);
    const other = await world.shown(friend.phone);
    await world.goOffline();
    expect(await world.scan(pass)).toEqual(OPEN);
    expect(await world.scan(pass)).toEqual(saysOf('identity.passback'));
    expect(await world.scan(other)).toEqual(OPEN);
    const minuteBeforeNext = Date.parse(given.from) + 2 * HOUR_MS - MINUTE_MS;
    world.passes.students.now = minuteBeforeNext;
    expect(await world.scan(given.passes[1])).toEqual(saysOf('identity.passback'));
    expect(await world.scan(pass, 'out')).toEqual(OPEN);
    expect(await world.scan(pass, 'out')).toEqual(OPEN);
    expect(await world.scan(pass)).toEqual(saysOf('identity.used'));
    expect(await world.scan(given.passes[1])).toEqual(OPEN);
    // With the school's day everybody has left.
    world.wait(DAY_MS);
    expect(await world.scan(passAt(given, world.now))).toEqual(OPEN);
  });

  it('takes none where the school gives none', async () => {
    const world = await GateWorld.open({ pack: ({ gates: _gates, ...rest }) => rest });
    const { phone } = await world.passes.holder(20_000);
    expect(codeOf(await phone.post('/student/identity-passes'))).toBe('pass.not-offered');
    await world.passes.open(phone);
    const elsewhere = await GateWorld.open();
    const pass = await elsewhere.shown((await elsewhere.passes.holder(0)).phone);
    await world.goOffline();
    expect(await world.scan(pass)).toEqual(saysOf('pass.not-offered'));
  });
});

describe('a gate with network', () => {
  it('asks for the identity code where a pass is shown, since the server knows of losses', async () => {
    const world = await GateWorld.open();
    const { phone } = await world.passes.holder(0);
    const pass = await world.shown(phone);
    expect(await world.scan(pass)).toMatchObject({ light: 'red', says: '本门禁已联网，请出示身份码或刷卡' });
    world.gate.setFault('network-cut', true);
    expect(await world.scan(pass)).toEqual(OPEN);
    world.gate.setFault('network-cut', false);
    expect(await world.scan(pass)).toMatchObject({ light: 'red', says: '本门禁已联网，请出示身份码或刷卡' });
  });
});

describe('identity passes', () => {
  it('are the same when asked again, name nobody, and are another name after three days', async () => {
    const world = await GateWorld.open();
    const { phone } = await world.passes.holder(0);
    const first = (await phone.post('/student/identity-passes')).body;
    world.wait(MINUTE_MS);
    expect((await phone.post('/student/identity-passes')).body.passes).toEqual(first.passes);
    const aliases = new Set<string | undefined>();
    for (let days = 0; days < 9; days += 3) {
      aliases.add(readIdentityPass(await world.shown(phone))?.alias);
      world.wait(3 * DAY_MS);
    }
    expect(aliases.size).toBe(3);
  });

  it('are given to whom a code key is given, and to nobody else', async () => {
    const world = await GateWorld.open();
    const fresh = world.passes.students.phone('fresh');
    const unproven = await world.passes.students.holder('bistu');
    await fresh.signIn();
    expect((await fresh.bind(unproven, '030417')).status).toBe(200);
    expect(codeOf(await fresh.post('/student/identity-passes'))).toBe('auth.password-change-required');
    const { phone } = await world.passes.holder(0, 'other');
    await phone.post('/student/loss', { password: '739154', keepCodes: true });
    expect((await phone.post('/student/identity-passes')).status).toBe(200);
    const before = await GateWorld.open({ pack: (pack) => ({ ...pack, codes: { ...pack.codes, firstSync: true } }) });
    expect(codeOf(await (await before.passes.holder(0)).phone.post('/student/identity-passes'))).toBe('code.first-sync');
  });

  it('pay nothing: a till refuses them by name, with network and without', async () => {
    const world = await GateWorld.open();
    const { phone } = await world.passes.holder(20_000);
    const pass = await world.shown(phone);
    const sale = world.passes.sale(pass, 100);
    await expect(world.passes.tell(sale)).rejects.toMatchObject({ code: 'pass.malformed' });
    await expect(world.passes.tell({ ...sale, pass: `93${pass.slice(2)}` })).rejects.toMatchObject({ code: 'pass.malformed' });
  });
});
