import { randomUUID } from 'node:crypto';
import { type Asking, ask, type Heard } from './support/ask';
import { eventually, Phone, type Student, studentOf, succeeded } from './support/phone';
import { Till } from './support/till';
import { type HttpWorld, startHttpWorld } from './support/world';

/** The wallet on the running stack: functions, tables, the passbook's stream and the stand-in bank, over HTTP only. */
let world: HttpWorld;
let till: Till;
let student: Student;
let phone: Phone;

beforeAll(async () => {
  world = await startHttpWorld(7, { cardholdersPerSchool: 12 });
  till = new Till(world, 'dufl');
  student = await studentOf(world, 'dufl', 0);
  phone = await new Phone(world).able(student);
}, 240_000);
afterAll(() => world?.stop());

const money = (path: string, asking: Asking = {}): Promise<Heard> => phone.ask(`/student/money${path}`, asking);
const send = (path: string, body: unknown): Promise<Heard> => money(path, { method: 'POST', body: JSON.stringify(body) });

function customer() {
  const found = world.stack.sandbox.world.bank.customer('dufl', student.person.number);
  if (found === undefined) throw new Error('the bank does not know the student');
  return found;
}

async function bankCode(): Promise<string> {
  const { body } = await ask(`${world.stack.sandbox.baseUrl}/sms/inbox?mobile=${customer().mobile}`);
  return String(body.messages.at(-1).code);
}

test('a wallet is opened, its code pays what the bank must help with, and the bank is asked once (DL-09, DL-10, DL-12, DL-40)', async () => {
  const { idNumber, cards } = customer();
  const started = succeeded(await send('/bank-card/bindings', { requestId: randomUUID(), idType: 'id-card', idNumber }));
  succeeded(await send(`/bank-card/bindings/${started.bindingNo}/confirm`, { code: await bankCode() }));
  expect(succeeded(await phone.get('/student/account')).walletOpen).toBe(true);
  const order = succeeded(await send('/bank-top-ups', { requestId: randomUUID(), target: 'wallet', amountFen: 300 })).order;
  const paid = succeeded(await send(`/bank-top-ups/${order.orderNo}/confirm`, { code: await bankCode() }));
  expect(paid.order).toMatchObject({ state: 'credited', arrivedIn: 'wallet' });

  const body = till.sale({ code: await phone.code({ kind: 'wallet' }), amountFen: 1_000 });
  const first = await till.send(body);
  expect([first.status, first.body]).toMatchObject([202, { outcome: 'pending', definite: false, kind: 'hold', amountFen: 1_000 }]);
  await eventually(async () => (await till.send(body, { purpose: 'query' })).body.outcome === 'charged', 30_000);
  expect((await till.send(body, { attempt: 2 })).body).toMatchObject({ outcome: 'charged', definite: true, amountFen: 1_000 });

  const { entries } = succeeded(await money('/wallet/entries'));
  expect(entries.map(({ kind, amountFen }: { kind: string; amountFen: number }) => [kind, amountFen])).toEqual([
    ['charge', -1_000],
    ['top-up', 700],
    ['hold', 0],
    ['top-up', 300],
    ['wallet-opened', 0],
  ]);
  const card = (found: typeof cards) => found.find(({ kind, ofTheSchoolsBank }) => kind === 'debit' && ofTheSchoolsBank)?.balanceFen ?? 0;
  expect(card(cards) - card(customer().cards)).toBe(1_000);
  expect(succeeded(await money('/wallet'))).toMatchObject({ open: true, walletFen: 0, heldFen: 0, withdrawableFen: 0 });
}, 120_000);
