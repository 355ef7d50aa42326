import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { sealPin } from '../../sandbox/terminals/seal-pin';
import type { RefundBody } from '../../shared/api/terminal-refunds';
import { isAppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import { businessDay, DAY_MS } from '../../shared/time';
import { saleOf } from '../domain/dispute';
import type { Entry } from '../domain/entry';
import { createPasswords } from '../domain/password';
import { createPinOpener, pinPublicKeys } from '../lib/pin-seal';
import { createAuditLog } from '../store/audit-log';
import { createBooks } from '../store/books';
import { createLockouts } from '../store/lockouts';
import { createStaff } from '../store/staff';
import type { Database } from '../store/table';
import { createTerminalRefunds } from '../store/terminal-refunds';
import type { Terminal } from '../store/terminals';
import { faultyDatabase } from '../test/faulty-database';
import { createModelDatabase } from '../test/model-database';
import { RefundFixture } from '../test/refund-fixture';
import { refundAtTerminal, type TerminalRefundDeps } from './refund-at-terminal';

const PIN = '271828';
const PIN_KEYS = { current: 'p1', keys: { p1: new Uint8Array(32).fill(3) } };
const [pinKey = { keyId: '', publicKey: '' }] = pinPublicKeys(PIN_KEYS);
const passwords = createPasswords({
  peppers: { current: 'k1', keys: { k1: new Uint8Array(32) } },
  randomBytes: (count) => new Uint8Array(count),
  deriveKey: async (secret) => new Uint8Array(createHash('sha256').update(secret).digest()),
});

/** A till of merchant 12 with its supervisor, a cook of another merchant, and a student who bought lunch. */
async function canteen() {
  const database = createModelDatabase();
  const world = new RefundFixture(database, 'shanghaitech');
  const staff = createStaff(database);
  const terminalPinHash = await passwords.hash(PIN);
  const appoint = (userName: string, change: object) =>
    staff.save({
      ...{ schoolId: 'shanghaitech', userName, displayName: userName, roles: ['merchant'], merchants: [12], passwordHash: 'x' },
      ...{ active: true, terminalPinHash, version: 1, ...change },
    });
  await appoint('chef', {});
  await appoint('baker', { merchants: [13] });
  await appoint('clerk', { roles: ['card-office'] });
  await appoint('former', { active: false });
  const accountNo = await world.till.account({ cardFen: 5_000 });
  const sale = await world.charge(accountNo, 1_200);
  const terminal: Terminal = { schoolId: 'shanghaitech', terminal: 7, merchant: 12, name: '1 号窗口', status: 'active' };
  const depsOver = (over: Database): TerminalRefundDeps => ({
    ...world.depsOver(over),
    terminalRefunds: createTerminalRefunds(over),
    staff: createStaff(over),
    auditLog: createAuditLog(over),
    lockouts: createLockouts(over),
    books: createBooks(over),
    counter: { count: () => undefined },
    passwords,
    pinOpener: createPinOpener(PIN_KEYS),
  });
  let sequence = 500;
  const body = (change: Partial<RefundBody> & { pinText?: string; of?: Entry } = {}): RefundBody => {
    const { pinText = PIN, of = sale, ...rest } = change;
    sequence += 1;
    const act = { schoolId: 'shanghaitech', terminal: 7, sequence: rest.sequence ?? sequence, occurredAt: world.till.now };
    const named = saleOf(of.entryId) ?? { terminal: 0, sequence: 0 };
    const day = businessDay(of.occurredAt, 480);
    return { ...act, sale: { ...named, day, amountFen: fen(1_200) }, supervisor: 'chef', pin: sealPin(pinText, pinKey, act), ...rest };
  };
  const send = (one: RefundBody, more: { deps?: TerminalRefundDeps; terminal?: Terminal } = {}) =>
    refundAtTerminal(more.deps ?? depsOver(database), {
      body: one,
      bodyHash: createHash('sha256').update(JSON.stringify(one)).digest('hex'),
      terminal: more.terminal ?? terminal,
      sourceIp: '192.0.2.7',
    });
  const code = async (...request: Parameters<typeof send>): Promise<string> => {
    try {
      await send(...request);
      return 'ok';
    } catch (error) {
      if (isAppError(error)) return error.code;
      throw error;
    }
  };
  const card = async () => (await world.till.head(accountNo)).state.balances.card;
  const audit = () => createAuditLog(database).list('shanghaitech', { limit: 50 });
  return { world, database, depsOver, accountNo, sale, terminal, body, send, code, card, audit };
}

describe('a supervisor at a till', () => {
  it('takes back part of an earlier sale, then the rest, once for a sequence however often it is sent', async () => {
    const { body, send, card, sale, audit, world } = await canteen();
    const first = body({ amountFen: 500 });
    const given = await send(first);
    expect(given).toMatchObject({ sale: sale.entryId, amountFen: 500, to: 'account' });
    world.till.now += 3_600_000;
    expect(await send(first)).toEqual({ ...given, serverTime: expect.any(String) });
    expect(await card()).toBe(4_300);
    expect(await send(body())).toMatchObject({ amountFen: 700 });
    expect(await card()).toBe(5_000);
    const log = (await audit()).map(({ act, userName, subject, outcome }) => ({ act, userName, subject, outcome }));
    const noted = (outcome: string) => ({ act: 'terminal.refund', userName: 'chef', subject: `sale ${sale.entryId}`, outcome });
    expect(log.reverse()).toEqual([noted('asked'), noted('done'), noted('asked'), noted('done')]);
  });

  it('is refused more than is left, an amount that is none, and a sequence with another body', async () => {
    const { body, code, card } = await canteen();
    expect(await code(body({ amountFen: 1_201 }))).toBe('refund.over-rest');
    for (const amountFen of [0, -1, 0.5, '5', 2 ** 60]) expect(await code(body({ amountFen }))).toBe('payment.amount-invalid');
    const first = body({ amountFen: 1_200 });
    expect(await code(first)).toBe('ok');
    expect(await code({ ...first, amountFen: 1 })).toBe('payment.other-body');
    expect(await code(body())).toBe('refund.nothing-left');
    expect(await card()).toBe(5_000);
  });

  it('names the sale as its receipt does: a wrong number, day, amount or another merchant finds none', async () => {
    const { body, code, sale, terminal, card } = await canteen();
    const { sale: named } = body();
    const wrong = [{ sequence: 999 }, { terminal: 8 }, { day: '2026-11-20' }, { amountFen: fen(1_201) }];
    for (const change of wrong) expect(await code(body({ sale: { ...named, ...change } }))).toBe('refund.sale-unknown');
    const bakery = { ...terminal, merchant: 13 };
    expect(await code(body({ supervisor: 'baker' }), { terminal: bakery })).toBe('refund.other-merchant');
    expect(sale.merchant).toBe(12);
    expect(await card()).toBe(3_800);
  });

  it('is of this merchant, on the staff, and knows the PIN; wrong ones lock this terminal and are on record', async () => {
    const { body, code, audit, card } = await canteen();
    for (const supervisor of ['baker', 'clerk']) expect(await code(body({ supervisor }))).toBe('staff.forbidden');
    for (const supervisor of ['former', 'nobody']) expect(await code(body({ supervisor }))).toBe('refund.supervisor-wrong');
    for (let tries = 0; tries < 5; tries += 1) expect(await code(body({ pinText: '000000' }))).toBe('refund.supervisor-wrong');
    expect(await code(body())).toBe('auth.locked');
    expect((await audit()).filter(({ outcome }) => outcome === 'refund.supervisor-wrong')).toHaveLength(6);
    expect(await card()).toBe(3_800);
  });

  it('seals the PIN for this terminal and sequence: one that was overheard opens nowhere else', async () => {
    const { body, code } = await canteen();
    const { pin } = body();
    expect(await code(body({ pin }))).toBe('claim.pin-unreadable');
  });

  it('asks within a minute, for a sale of the last thirty days, at a till', async () => {
    const { body, code, world, terminal } = await canteen();
    const late = body();
    world.till.now += 60_001;
    expect(await code(late)).toBe('claim.too-late');
    expect(await code(body({ occurredAt: world.till.now + 60_000 }))).toBe('terminal.clock');
    expect(await code(body(), { terminal: { ...terminal, kind: 'kiosk' } })).toBe('terminal.wrong-kind');
    world.till.now += 30 * DAY_MS;
    expect(await code(body())).toBe('refund.window-over');
    world.till.now -= 60_001;
    expect(await code(body())).toBe('ok');
  });

  it('whose till dies at any call, before it or after, gives back once when it is sent again', async () => {
    const { calls } = await (async () => {
      const { database, depsOver, body, send } = await canteen();
      const counting = faultyDatabase(database, { at: 10_000, moment: 'before' });
      await send(body({ amountFen: 500 }), { deps: depsOver(counting) });
      return { calls: counting.calls() };
    })();
    expect(calls).toBeGreaterThan(15);
    for (let at = 1; at <= calls; at += 1) {
      for (const moment of ['before', 'after'] as const) {
        const { database, depsOver, body, send, card } = await canteen();
        const one = body({ amountFen: 500 });
        await send(one, { deps: depsOver(faultyDatabase(database, { at, moment })) }).catch(() => undefined);
        expect(await send(one)).toMatchObject({ amountFen: 500 });
        expect(await send(one)).toMatchObject({ amountFen: 500 });
        expect(await card()).toBe(4_300);
      }
    }
  }, 60_000);

  it('who comes second with what was left is refused for good', async () => {
    const { body, code, database, depsOver, world, sale, card } = await canteen();
    const one = body({ amountFen: 1_000 });
    const deps = depsOver(database);
    // The office takes the sale back between the look and the write.
    const save: TerminalRefundDeps['terminalRefunds']['save'] = async (refund) => {
      const saved = await deps.terminalRefunds.save(refund);
      const { refundSale } = await import('./refund-sale');
      await refundSale(world.deps, { sale, by: 'office', amountFen: fen(1_200), askedBy: 'staff:clerk', reason: '' });
      return saved;
    };
    expect(await code(one, { deps: { ...deps, terminalRefunds: { ...deps.terminalRefunds, save } } })).not.toBe('ok');
    expect(await code(one)).toBe('refund.over-rest');
    expect(await card()).toBe(5_000);
  });
});

test('the public halves are those of the private keys', () => {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), PIN_KEYS.keys.p1]);
  const spki = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })).export({ type: 'spki', format: 'der' });
  expect(pinPublicKeys(PIN_KEYS)).toEqual([{ keyId: 'p1', publicKey: spki.subarray(-32).toString('base64') }]);
});
