import { createStaffDeps } from '../wiring/staff';
import { createOfficeDeps } from '../wiring/staff-office';
import { createModelDatabase } from './model-database';
import { RefundFixture } from './refund-fixture';
import { codeOf, office, SCHOOL } from './staff-office';

/** A card office with a cashier's desk at a school whose students top up and buy lunch. */
async function desk() {
  const database = createModelDatabase();
  const world = new RefundFixture(database, SCHOOL);
  const audit = createStaffDeps({
    database,
    clock: () => world.till.now,
    peppers: { current: 'p1', keys: { p1: new Uint8Array(32).fill(7) } },
  });
  const made = createOfficeDeps(database, {
    common: { ...world.deps, orders: world.deps.orders },
    audit,
    refunds: world.deps,
    saleApps: undefined,
  });
  const holder = { accountNo: 0, name: '王小明', number: '2021000037', kind: 'student' };
  // The desk looks at name, number and kind alone.
  const holders = {
    ...made.holders,
    accountOf: async () => (holder.accountNo === 0 ? undefined : holder.accountNo),
    find: async () => holder as never,
  };
  const staff = await office(database, { office: { ...made, ...world.deps, holders } });
  await staff.appoint('clerk', ['card-office']);
  const accountNo = await world.till.account();
  holder.accountNo = accountNo;
  const tokens = new Map<string, string>();
  const as = async (userName: string, method: string, path: string, body?: object, query: Record<string, string> = {}) => {
    const token = tokens.get(userName) ?? (await staff.signIn(userName));
    tokens.set(userName, token);
    return staff.ask(method, path, token, body, query);
  };
  const told = async (...request: Parameters<typeof as>) => JSON.parse(String((await as(...request)).body));
  const card = async () => {
    const { balances } = (await world.till.head(accountNo)).state;
    return balances.card + balances.transit;
  };
  return { world, as, told, accountNo, card, staff };
}

const REQUEST = 'request-000000000001';

describe('the card office', () => {
  it('finds a holder by number, masked, with how the account stands', async () => {
    const { told, as, accountNo, world } = await desk();
    await world.topUp(accountNo, 5_000);
    const found = await told('clerk', 'GET', '/staff/holders', undefined, { number: '2021000037' });
    expect(found).toMatchObject({ accountNo, numberMasked: '2021****37', balances: { transitFen: 5_000 }, closed: false, lostAt: null });
    expect(JSON.stringify(found)).not.toContain('王小明');
    expect(codeOf(await as('boss', 'GET', '/staff/holders', undefined, { number: '2021000037' }))).toBe('staff.forbidden');
  });

  it('takes a wrong sale back, in parts and never beyond it, whoever asks', async () => {
    const { told, as, accountNo, world, card } = await desk();
    await world.topUp(accountNo, 5_000);
    const sale = await world.charge(accountNo, 1_200);
    const path = `/staff/accounts/${accountNo}/sales/${sale.n}/refund`;
    const first = await told('clerk', 'POST', path, { requestId: 'part0001', amountFen: 500, reason: '少打一份' });
    expect(first).toMatchObject({ amountFen: 500, payOutNo: null });
    expect(await told('clerk', 'POST', path, { requestId: 'part0001', amountFen: 500, reason: '少打一份' })).toEqual(first);
    expect(codeOf(await as('clerk', 'POST', path, { requestId: 'part0002', amountFen: 701, reason: '多退' }))).toBe('refund.over-rest');
    expect(await told('fin', 'POST', path, { requestId: 'rest0001', reason: '全退' })).toMatchObject({ amountFen: 700 });
    expect(await card()).toBe(5_000);
    for (const amountFen of [0, -1, 1.5, '500', 2e20]) {
      expect(codeOf(await as('clerk', 'POST', path, { requestId: 'part0003', amountFen, reason: '错' }))).toBe('payment.amount-invalid');
    }
    expect(codeOf(await as('clerk', 'POST', `/staff/accounts/${accountNo}/sales/1/refund`, { requestId: 'part0004', reason: '错' }))).toBe(
      'dispute.not-disputable',
    );
  });

  it('finance gives a top-up back to its payer, once for a request', async () => {
    const { told, as, accountNo, world, card } = await desk();
    await world.topUp(accountNo, 5_000);
    const path = `/staff/accounts/${accountNo}/refunds`;
    const body = { requestId: REQUEST, amountFen: 2_000, whose: 'own', reason: '充错' };
    expect(codeOf(await as('clerk', 'POST', path, body))).toBe('staff.forbidden');
    const refund = await told('fin', 'POST', path, body);
    expect(refund.parts).toMatchObject([{ amountFen: 2_000 }]);
    expect((await told('fin', 'POST', path, body)).refundId).toBe(refund.refundId);
    expect(await card()).toBe(3_000);
    expect(codeOf(await as('fin', 'POST', path, { ...body, amountFen: 2_001 }))).toBe('request.replayed-differently');
    expect(codeOf(await as('fin', 'POST', path, { ...body, requestId: 'request-000000000002', amountFen: 3_001 }))).toBe(
      'refund.over-rest',
    );
  });

  it('closes an account, with everything back to whoever paid it or exactly what remains and why', async () => {
    const { told, accountNo, world, card } = await desk();
    await world.topUp(accountNo, 5_000);
    await world.topUp(accountNo, 700, { daysAgo: 400 });
    const path = `/staff/accounts/${accountNo}/close`;
    const first = await told('clerk', 'POST', path, {});
    expect(first).toMatchObject({ state: 'remains', remainder: [{ amountFen: 700 }] });
    expect(await card()).toBe(700);
    const closed = await told('clerk', 'POST', path, { acknowledgedFen: 700 });
    expect(closed).toMatchObject({ state: 'closed', remainder: [{ amountFen: 700 }] });
    expect((await world.till.head(accountNo)).state.closed).toBe(true);
    expect(await card()).toBe(700);
  });

  it('every act is in the audit log with who, what and what came of it', async () => {
    const { told, as, accountNo, world } = await desk();
    await world.topUp(accountNo, 5_000);
    const sale = await world.charge(accountNo, 1_200);
    await as('clerk', 'POST', `/staff/accounts/${accountNo}/sales/${sale.n}/refund`, { requestId: 'part0001', reason: '少打一份' });
    await as('clerk', 'POST', `/staff/accounts/${accountNo}/refunds`, { requestId: REQUEST, whose: 'own', reason: '充错' });
    const { records } = await told('aud', 'GET', '/staff/audit');
    expect(records).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          userName: 'clerk',
          act: 'sale.refund',
          subject: `sale ${accountNo}/${sale.n}`,
          detail: '少打一份',
          outcome: 'done',
        }),
        expect.objectContaining({ userName: 'clerk', act: 'refund.start', outcome: 'staff.forbidden' }),
      ]),
    );
  });
});
