import { randomBytes } from 'node:crypto';
import { createGateRecords } from '../store/gate-records';
import { createMerchants } from '../store/merchants';
import { createStaffDeps } from '../wiring/staff';
import { createStaffTerminalDeps } from '../wiring/staff-terminals';
import { createModelDatabase } from './model-database';
import { codeOf, office, PASSWORD, SCHOOL } from './staff-office';

const peppers = { current: 'p1', keys: { p1: new Uint8Array(32).fill(7) } };
const TERMINAL = { terminal: 7, kind: 'pos', merchant: 12, takesCash: false, name: '1 号窗口', place: '一楼', maxSaleFen: 5_000 };

async function cardOffice() {
  const database = createModelDatabase();
  await createMerchants(database).save({ schoolId: SCHOOL, merchant: 12, name: { zh: '一食堂', en: 'Canteen 1' }, legalName: '第一食堂' });
  let now = 0;
  const made = createStaffDeps({ database, clock: () => now, peppers });
  const staff = await office(database);
  now = staff.deps.clock();
  const terminals = { ...createStaffTerminalDeps(database, { ...made, passwords: staff.deps.passwords }), clock: staff.deps.clock };
  const world = await office(database, { terminals });
  await world.appoint('clerk', ['card-office']);
  await world.appoint('chef', ['merchant'], [12]);
  const tokens = new Map<string, string>();
  const as = async (userName: string, method: string, path: string, body?: object, query: Record<string, string> = {}) => {
    const token = tokens.get(userName) ?? (await world.signIn(userName));
    tokens.set(userName, token);
    return world.ask(method, path, token, body, query);
  };
  const told = async (...request: Parameters<typeof as>) => JSON.parse(String((await as(...request)).body));
  return { ...world, as, told, database };
}

describe('the card office', () => {
  it('enrols, changes and revokes a terminal, and every act but no code is in the log', async () => {
    const { told, as } = await cardOffice();
    const { code, terminal } = await told('clerk', 'POST', '/staff/terminals', TERMINAL);
    expect(terminal).toMatchObject({ terminal: 7, kind: 'pos', status: 'waiting', maxSaleFen: 5_000, place: '一楼' });
    const { code: second } = await told('clerk', 'POST', '/staff/terminals/7/codes');
    expect(second).not.toBe(code);
    expect(await told('clerk', 'PUT', '/staff/terminals/7', { name: '外卖', place: null, maxSaleFen: null })).toMatchObject({
      name: '外卖',
      place: null,
      maxSaleFen: null,
    });
    expect(await told('clerk', 'POST', '/staff/terminals/7/revocation')).toMatchObject({ status: 'revoked' });
    expect(await told('clerk', 'POST', '/staff/terminals/7/revocation')).toMatchObject({ status: 'revoked' });
    expect(codeOf(await as('clerk', 'POST', '/staff/terminals/7/codes'))).toBe('terminal.revoked');
    const { records } = await told('aud', 'GET', '/staff/audit');
    expect(records).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ act: 'terminal.enrol', subject: 'terminal 7', userName: 'clerk', outcome: 'done' }),
        expect.objectContaining({ act: 'terminal.change', detail: 'limit=none', outcome: 'done' }),
        expect.objectContaining({ act: 'terminal.revoke', outcome: 'done' }),
      ]),
    );
    expect(JSON.stringify(records)).not.toMatch(new RegExp(`${code}|${second}`));
  });

  it('says which building a gate is of, and lets somebody in whom it keeps out', async () => {
    const { told, as, database } = await cardOffice();
    const gate = { group: 'library', direction: 'both', antiPassback: true };
    await told('clerk', 'POST', '/staff/terminals', { ...TERMINAL, terminal: 51, kind: 'gate', maxSaleFen: null, gate });
    const change = { name: '图书馆', place: null, maxSaleFen: null };
    expect(await told('clerk', 'PUT', '/staff/terminals/51', change)).toMatchObject({ gate });
    expect(await told('clerk', 'PUT', '/staff/terminals/51', { ...change, gate: null })).toMatchObject({ gate: null });
    expect(codeOf(await as('clerk', 'PUT', '/staff/terminals/51', { ...change, gate: { ...gate, direction: 'up' } }))).toBe(
      'request.malformed',
    );

    const records = createGateRecords(database);
    const passage = { terminal: 51, sequence: 1, bodyHash: 'a', direction: 'in', at: 1_795_234_097_000 } as const;
    const codes = [{ newestStep: 9, usedBitmap: 1 }];
    await records.save({ schoolId: SCHOOL, accountNo: 5, codes, last: { library: passage }, version: 1 });
    expect(codeOf(await as('chef', 'POST', '/staff/gate-passages/5/reset'))).toBe('staff.forbidden');
    expect(await told('clerk', 'POST', '/staff/gate-passages/5/reset')).toEqual({ accountNo: 5 });
    expect(await records.find(SCHOOL, 5)).toMatchObject({ last: {}, codes, version: 2 });
  });

  it('gives a number once for ever, to a merchant that there is, with a limit that is an amount', async () => {
    const { as, told } = await cardOffice();
    expect(codeOf(await as('clerk', 'POST', '/staff/terminals', { ...TERMINAL, merchant: 13 }))).toBe('request.malformed');
    for (const maxSaleFen of [0, -1, 1.5, '500', 2e20])
      expect(codeOf(await as('clerk', 'POST', '/staff/terminals', { ...TERMINAL, maxSaleFen }))).toBe('payment.amount-invalid');
    expect(await told('clerk', 'GET', '/staff/terminals')).toEqual({ terminals: [], nextAfter: null });
    expect(codeOf(await as('clerk', 'POST', '/staff/terminals', TERMINAL))).toBe('ok');
    expect(codeOf(await as('clerk', 'POST', '/staff/terminals', TERMINAL))).toBe('enrolment.number-taken');
    await as('clerk', 'POST', '/staff/terminals/7/revocation');
    expect(codeOf(await as('clerk', 'POST', '/staff/terminals', TERMINAL))).toBe('enrolment.number-taken');
    for (const act of [
      ['POST', '/8/codes'],
      ['POST', '/8/revocation'],
    ] as const)
      expect(codeOf(await as('clerk', act[0], `/staff/terminals${act[1]}`))).toBe('terminal.unknown');
    const { terminal: _1, kind: _2, merchant: _3, takesCash: _4, ...change } = TERMINAL;
    expect(codeOf(await as('clerk', 'PUT', '/staff/terminals/8', change))).toBe('terminal.unknown');
    // What it was enrolled as stays: a till does not become a cash machine.
    expect(codeOf(await as('clerk', 'PUT', '/staff/terminals/7', { ...change, takesCash: true }))).toBe('request.malformed');
    expect(codeOf(await as('clerk', 'POST', '/staff/terminals/x/codes'))).toBe('request.malformed');
  });

  it('alone may; others of the staff look at most', async () => {
    const { as } = await cardOffice();
    const { terminal: _1, kind: _2, merchant: _3, takesCash: _4, ...change } = TERMINAL;
    for (const who of ['fin', 'aud', 'boss', 'chef']) {
      expect(codeOf(await as(who, 'POST', '/staff/terminals', TERMINAL))).toBe('staff.forbidden');
      expect(codeOf(await as(who, 'PUT', '/staff/terminals/7', change))).toBe('staff.forbidden');
      expect(codeOf(await as(who, 'POST', '/staff/terminals/7/codes'))).toBe('staff.forbidden');
      expect(codeOf(await as(who, 'POST', '/staff/terminals/7/revocation'))).toBe('staff.forbidden');
      expect(codeOf(await as(who, 'GET', '/staff/terminals'))).toBe(['fin', 'aud'].includes(who) ? 'ok' : 'staff.forbidden');
    }
  });

  it('sees any number of terminals, fifty at a time', async () => {
    const { told, as } = await cardOffice();
    for (let terminal = 1; terminal <= 51; terminal += 1) await as('clerk', 'POST', '/staff/terminals', { ...TERMINAL, terminal });
    const first = await told('clerk', 'GET', '/staff/terminals');
    expect(first).toMatchObject({ nextAfter: 50 });
    const second = await told('clerk', 'GET', '/staff/terminals', undefined, { after: String(first.nextAfter) });
    expect([first.terminals.length, second.terminals.length, second.nextAfter]).toEqual([50, 1, null]);
  });
});

describe('a supervisor’s terminal PIN', () => {
  it('is set by a merchant’s own people with their password, and falls with another password', async () => {
    const { as, deps } = await cardOffice();
    const set = async (who: string, pin: string, password = PASSWORD) =>
      codeOf(await as(who, 'PUT', '/staff/terminal-pin', { pin, password }));
    expect(await set('chef', '271828')).toBe('ok');
    const chef = await deps.staff.find(SCHOOL, 'chef');
    expect(await deps.passwords.check('271828', { hash: chef?.terminalPinHash ?? '' })).toBe(true);
    for (const weak of ['000000', '123456', '987654', '890123']) expect(await set('chef', weak)).toBe('auth.password-weak');
    for (const pin of ['12345', '1234567', 'abcdef']) expect(await set('chef', pin)).toBe('request.malformed');
    expect(await set('clerk', '271828')).toBe('staff.forbidden');
    expect(await set('chef', '314159', 'somebody-else')).toBe('staff.no-match');
    const view = { userName: 'chef', displayName: 'chef', roles: ['merchant'], merchants: [12], active: true };
    await as('boss', 'PUT', '/staff/members', view);
    expect((await deps.staff.find(SCHOOL, 'chef'))?.terminalPinHash).toBeDefined();
    await as('boss', 'PUT', '/staff/members', { ...view, password: `${PASSWORD}-2` });
    expect((await deps.staff.find(SCHOOL, 'chef'))?.terminalPinHash).toBeUndefined();
  });

  it('is not guessed at through the password', async () => {
    const { as } = await cardOffice();
    const wrong = { pin: '271828', password: randomBytes(8).toString('hex') };
    for (let tries = 0; tries < 5; tries += 1) expect(codeOf(await as('chef', 'PUT', '/staff/terminal-pin', wrong))).toBe('staff.no-match');
    expect(codeOf(await as('chef', 'PUT', '/staff/terminal-pin', { ...wrong, password: PASSWORD }))).toBe('auth.locked');
  });
});
