import { chipKey, deriveSchoolKeys } from '../../functions/domain/school-keys';
import { createBooks } from '../../functions/store/books';
import { terminalKeyOf } from '../../sandbox/local/secrets';
import { CardChip } from '../../sandbox/terminals/physical-card';
import { PosMachine } from '../../sandbox/terminals/pos-machine';
import { Phone, type Student, studentOf } from './support/phone';
import { type HttpWorld, startHttpWorld } from './support/world';

const SCHOOL = 'shanghaitech';
const TERMINAL = 8;

let world: HttpWorld;
let memory: unknown;
const students: Student[] = [];
const chips = new Map<Student, CardChip>();

/** Student `nth`, with money on the way to the card. */
async function richStudent(nth: number): Promise<Student> {
  const student = await studentOf(world, SCHOOL, nth);
  await (await new Phone(world).able(student)).topUp(5_000);
  const keys = deriveSchoolKeys(Buffer.from(world.stack.secrets.masterKey, 'base64'), SCHOOL);
  const { cardNumber } = student.person;
  chips.set(student, new CardChip({ cardNumber, chipKey: chipKey(keys, cardNumber) }));
  return student;
}

/** The till as it is whenever its power comes. */
function switchOn(): PosMachine {
  return new PosMachine({
    identity: { schoolId: SCHOOL, terminal: TERMINAL, key: terminalKeyOf(world.stack.secrets, SCHOOL, TERMINAL) },
    school: { zh: '上海科技大学', en: 'ShanghaiTech' },
    merchant: { zh: '一食堂', en: 'Canteen 1' },
    world: {
      fetch,
      clock: Date.now,
      baseUrl: world.stack.functionsUrl,
      memory: {
        load: () => memory,
        save: (kept) => {
          memory = JSON.parse(JSON.stringify(kept));
        },
      },
    },
  });
}

async function take(till: PosMachine, student: Student | undefined, amount: string) {
  const chip = student && chips.get(student);
  if (chip === undefined) throw new Error('no card');
  await till.press('take', { amount });
  const after = await till.place(chip);
  await till.place(null);
  return after;
}

async function soldFen(day: string): Promise<number> {
  let total = 0;
  for await (const { postings } of createBooks(world.database).lines(SCHOOL, `terminal/${TERMINAL}/${day}`)) {
    for (const { leg, amountFen } of postings) if (leg.startsWith('merchant:')) total += amountFen;
  }
  return total;
}

beforeAll(async () => {
  world = await startHttpWorld(17, { cardholdersPerSchool: 12 });
  for (const nth of [0, 1, 2]) students.push(await richStudent(nth));
}, 120_000);
afterAll(() => world?.stop());

test('a till that loses the network and its power in a sale ends each sale by itself, and its day equals the book', async () => {
  const [ann, ben, cai] = students;
  const before = switchOn();
  await before.press('open-shift', { cashier: '1024' });
  expect((await take(before, ann, '12.5')).notice?.text.zh).toBe('收款成功，十二元五角');

  before.setFault('answer-lost', true);
  expect((await take(before, ben, '8')).notice?.text.zh).toContain('请勿交付');
  before.setFault('answer-lost', false);
  before.setFault('network-cut', true);
  expect((await take(before, cai, '9')).notice?.tone).toBe('bad');
  expect((await before.press('void-last')).notice?.text.zh).toContain('最终不会扣款');

  const till = switchOn();
  expect(till.pos.journal.unsettled()).toHaveLength(2);
  // What was due in some seconds is due now: the network answers the first of them, and that wakes the others.
  for (const { sequence } of till.pos.journal.unsettled()) await till.pos.query(sequence);
  expect(till.pos.journal.memory.sales.map(({ state, amountFen }) => [state, amountFen])).toEqual([
    ['charged', 1_250],
    ['charged', 800],
    ['not-charged', 900],
  ]);
  expect((await take(till, cai, '2')).notice?.text.zh).toBe('收款成功，两元');

  await till.press('menu');
  const { table } = await till.press('totals');
  expect(table?.rows.find(([name]) => name?.startsWith('收款合计'))?.slice(1)).toEqual(['3', '22.50元']);
  await till.press('back');
  await till.press('day-end');
  const closed = await till.press('close');
  expect(closed.notice).toMatchObject({ tone: 'good', text: { zh: '已日结，与账相符' } });
  expect(JSON.stringify(closed.lines)).toContain('3 · 22.50元');
  expect(await soldFen(till.pos.today())).toBe(2_250);
}, 60_000);
