import type { StaffBody } from '../../shared/api/staff';
import { auditHash, verifyAudit } from '../domain/audit-record';
import { audited } from '../operations/audit';
import { readStaffCaller } from '../operations/staff-caller';
import { codeOf, office, PASSWORD, SCHOOL } from './staff-office';

const clerk = (more: Partial<StaffBody> = {}): StaffBody => ({
  userName: 'clerk',
  displayName: 'Clerk',
  roles: ['card-office'],
  merchants: [],
  active: true,
  password: PASSWORD,
  ...more,
});

describe('signing in as staff', () => {
  it('gives a session for a working day, and none to a wrong name, a wrong password or somebody dismissed', async () => {
    const world = await office();
    const token = await world.signIn('fin');
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(codeOf(await world.ask('POST', '/staff/sign-out', token))).toBe('ok');
    expect(codeOf(await world.ask('POST', '/staff/sign-out', token))).toBe('staff.sign-in-required');
    expect(await world.signIn('fin', 'wrong')).toBe('staff.no-match');
    expect(await world.signIn('nobody')).toBe('staff.no-match');
    const other = await world.signIn('fin');
    world.pass(10 * 3_600_000 + 1);
    expect(codeOf(await world.ask('POST', '/staff/sign-out', other))).toBe('staff.sign-in-required');
  });

  it('judges five wrong tries of an address and no sixth, not even a right one', async () => {
    const world = await office();
    for (let tries = 0; tries < 5; tries += 1) expect(await world.signIn('fin', 'wrong')).toBe('staff.no-match');
    expect(await world.signIn('fin')).toBe('auth.locked');
    world.pass(31 * 60_000);
    expect(await world.signIn('fin')).toMatch(/^[\w-]{43}$/);
  });

  it('ends at once for whoever is dismissed', async () => {
    const world = await office();
    const [boss, aud] = [await world.signIn('boss'), await world.signIn('aud')];
    expect(codeOf(await world.ask('GET', '/staff/audit', aud))).toBe('ok');
    const dismissed = { userName: 'aud', displayName: 'aud', roles: ['auditor'], merchants: [], active: false };
    expect(codeOf(await world.ask('PUT', '/staff/members', boss, dismissed))).toBe('ok');
    expect(codeOf(await world.ask('GET', '/staff/audit', aud))).toBe('staff.sign-in-required');
    expect(await world.signIn('aud')).toBe('staff.no-match');
  });
});

describe('roles', () => {
  it('only a manager appoints staff, nobody themselves, and a password is twelve letters', async () => {
    const world = await office();
    const [boss, fin] = [await world.signIn('boss'), await world.signIn('fin')];
    expect(codeOf(await world.ask('PUT', '/staff/members', fin, clerk()))).toBe('staff.forbidden');
    expect(codeOf(await world.ask('GET', '/staff/members', fin))).toBe('staff.forbidden');
    expect(codeOf(await world.ask('PUT', '/staff/members', boss, clerk({ userName: 'boss', roles: ['finance'] })))).toBe(
      'staff.second-person',
    );
    expect(codeOf(await world.ask('PUT', '/staff/members', boss, clerk({ password: 'short' })))).toBe('auth.password-weak');
    expect(codeOf(await world.ask('PUT', '/staff/members', boss, clerk()))).toBe('ok');
    expect(codeOf(await world.ask('PUT', '/staff/members', boss, { ...clerk({ userName: 'new' }), password: undefined }))).toBe(
      'request.malformed',
    );
    const { staff } = JSON.parse(String((await world.ask('GET', '/staff/members', boss)).body));
    expect(staff.map(({ userName }: StaffBody) => userName)).toEqual(['aud', 'boss', 'clerk', 'fin']);
    expect(JSON.stringify(staff)).not.toContain('scrypt');
  });

  it('a manager has no hand in money, and a merchant sees nothing but its own', async () => {
    const world = await office();
    await world.appoint('canteen', ['merchant'], [3]);
    const canteen = await world.signIn('canteen');
    expect(codeOf(await world.ask('GET', '/staff/audit', canteen))).toBe('staff.forbidden');
  });
});

describe('the audit log', () => {
  it('holds what was asked and what came of it, refusals too, in a chain that shows a change or a gap', async () => {
    const world = await office();
    const [boss, fin, aud] = [await world.signIn('boss'), await world.signIn('fin'), await world.signIn('aud')];
    await world.ask('PUT', '/staff/members', fin, clerk());
    await world.ask('PUT', '/staff/members', boss, clerk());
    await world.ask('PUT', '/staff/members', boss, clerk({ password: 'short' }));
    const { records } = JSON.parse(String((await world.ask('GET', '/staff/audit', aud)).body));
    expect(records.map(({ userName, act, outcome }: Record<string, string>) => `${userName} ${act} ${outcome}`).reverse()).toEqual([
      'boss sign-in done',
      'fin sign-in done',
      'aud sign-in done',
      'fin staff.manage staff.forbidden',
      'boss staff.manage asked',
      'boss staff.manage done',
      'boss staff.manage asked',
      'boss staff.manage auth.password-weak',
    ]);
    const log = [...(await world.deps.auditLog.list(SCHOOL, { limit: 100 }))].reverse();
    expect(verifyAudit(log)).toEqual([]);
    expect(verifyAudit(log.filter(({ n }) => n !== 4))).toEqual([5]);
    expect(verifyAudit(log.map((record) => (record.n === 4 ? { ...record, outcome: 'done' } : record)))).toEqual([5]);
    expect(auditHash(log[0] as never)).toHaveLength(64);
    expect(JSON.stringify(records)).not.toContain(PASSWORD);
  });

  it('numbers a hundred acts at once without a gap', async () => {
    const world = await office();
    const token = await world.signIn('fin');
    const caller = await readStaffCaller(world.deps, { authorization: `Bearer ${token}`, sourceIp: '192.0.2.9' });
    const act = (index: number) => audited(world.deps, caller, { act: 'refund.start', subject: `order${index}` }, async () => index);
    // Each waits for nobody: more tries than sixty are not needed by twenty.
    for (let at = 0; at < 100; at += 20) await Promise.all(Array.from({ length: 20 }, (_, index) => act(at + index)));
    const log = [...(await world.deps.auditLog.list(SCHOOL, { limit: 500 }))].reverse();
    expect(log).toHaveLength(201);
    expect(verifyAudit(log)).toEqual([]);
  });

  it('what cannot be recorded is not done', async () => {
    const world = await office();
    const token = await world.signIn('fin');
    const caller = await readStaffCaller(world.deps, { authorization: `Bearer ${token}`, sourceIp: '192.0.2.9' });
    const auditLog = { ...world.deps.auditLog, append: async () => false };
    let done = false;
    const run = async (): Promise<void> => {
      done = true;
    };
    await expect(audited({ ...world.deps, auditLog }, caller, { act: 'refund.start', subject: 'x' }, run)).rejects.toMatchObject({
      code: 'request.busy',
    });
    expect(done).toBe(false);
  });
});
