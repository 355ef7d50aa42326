import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { sealPin } from '../../sandbox/terminals/seal-pin';
import { type Fen, fen, sum } from '../../shared/money';
import type { AccountState } from '../domain/account-state';
import { saleFen } from '../domain/reversal';
import { verifyPassbook } from '../domain/verify-passbook';
import { authorizePayment, type SaleAnswer, type SaleRequest } from '../operations/authorize-payment';
import { chargeWithPin } from '../operations/charge-with-pin';
import { createDynamoDatabase } from '../store/dynamo-database';
import type { Database } from '../store/table';
import { Crowd, pickBySeed } from './crowd';
import { startTestEngine } from './engine';
import { MachineWorld } from './machine-world';
import { createModelDatabase } from './model-database';
import { again } from './sale-fixture';

/** Features §5, 15: however many taps at once, no limit is broken, and as much is sold as fits. */
const PIN = '123456';
const isFull = process.env.ECODE_FULL === '1';

interface Race {
  readonly database?: Database;
  readonly taps: number;
  readonly cardFen: number;
  readonly limits?: AccountState['limits'];
  /** Of every so many taps one has the password typed. */
  readonly pinEvery?: number;
  readonly amount: (pick: (below: number) => number) => number;
  readonly seed: number;
}

/** 1,000 taps of one card on many terminals, each repeated until its answer is definite. */
async function race({ database = createModelDatabase(), taps, cardFen, limits = {}, pinEvery, amount, seed }: Race) {
  const pick = pickBySeed(seed);
  const crowd = new Crowd(pick);
  const world = new MachineWorld(database, 'sjtu');
  world.holder = { ...world.holder, idTail: `0${PIN}` };
  const { till } = world;
  const accountNo = await till.account({ cardFen });
  await world.state(accountNo, { limits });
  const deps = { ...till.deps, ...world.deps, backOff: crowd.pause };
  const sales = Array.from({ length: taps }, (_, index) => {
    const sale = till.tapSale(accountNo, amount(pick));
    if (pinEvery === undefined || index % pinEvery !== 0) return { sale, withPin: false };
    return { sale: till.sale({ ...sale.body, pin: sealPin(PIN, world.pinKey, sale.body) }), withPin: true };
  });
  const untilDefinite = async ({ sale, withPin }: { sale: SaleRequest; withPin: boolean }): Promise<SaleAnswer> => {
    const send = (request: SaleRequest) => (withPin ? chargeWithPin(deps, request) : authorizePayment(deps, request));
    let answer = await send(sale);
    for (let attempt = 2; answer.outcome === 'unknown' && attempt < 50; attempt += 1) answer = await send(again(sale, attempt));
    return answer;
  };
  const answers = await crowd.run(sales.map((one) => () => untilDefinite(one)));
  const told = sales.map(({ sale, withPin }, index) => ({ amountFen: fen(Number(sale.body.amountFen)), withPin, answer: answers[index] }));
  const entries = await till.all(accountNo).then((all) => all.filter(({ kind }) => kind === 'charge'));
  return { till, accountNo, told, entries, head: await till.head(accountNo) };
}

const sumOf = (amounts: readonly Fen[]): number => sum(amounts);
const isCharged = (answer: SaleAnswer | undefined): boolean => answer?.outcome === 'charged';
const amountUpTo = (most: number) => (pick: (below: number) => number) => 1 + pick(most);

/** What must be true of any race, whatever the order: every limit held at every entry, the books agree with the tills, and nothing that fits was refused. */
function mustHold(
  { told, entries, head }: Awaited<ReturnType<typeof race>>,
  limits: AccountState['limits'],
  free: number | undefined,
): void {
  const sold = told.filter(({ answer }) => isCharged(answer)).map(({ amountFen }) => amountFen);
  expect(sumOf(entries.map(saleFen))).toBe(sumOf(sold));
  expect(entries).toHaveLength(sold.length);
  expect(head.state.spent).toMatchObject({ mealFen: sumOf(sold), dayFen: sumOf(sold) });
  expect(head.state.balances.card).toBeGreaterThanOrEqual(0);
  const { perTransactionFen = Number.POSITIVE_INFINITY, perDayFen = Number.POSITIVE_INFINITY } = limits;
  for (const entry of entries) {
    expect(saleFen(entry)).toBeLessThanOrEqual(perTransactionFen);
    expect(entry.state.spent.dayFen).toBeLessThanOrEqual(perDayFen);
  }
  const left = Math.min(head.state.balances.card, perDayFen - head.state.spent.dayFen);
  for (const { amountFen, withPin, answer } of told) {
    if (isCharged(answer)) continue;
    const freeLeft = withPin || free === undefined ? left : Math.min(left, free - head.state.spent.mealFen);
    expect(amountFen > Math.min(freeLeft, perTransactionFen)).toBe(true);
  }
}

describe('1,000 taps (or 300) at once on one account', () => {
  test('of 1 yuan each: exactly the 30 yuan of the meal period, every other is asked for the password', async () => {
    const run = await race({ taps: 1_000, cardFen: 100_000, amount: () => 100, seed: 1 });
    mustHold(run, {}, 3_000);
    expect(run.entries).toHaveLength(30);
    expect(run.told.filter(({ answer }) => answer && 'code' in answer && answer.code === 'payment.pin-required')).toHaveLength(970);
    expect(verifyPassbook(await run.till.all(run.accountNo))).toEqual([]);
  }, 60_000);

  test('of any amount: no free limit is passed and nothing that fits is refused', async () => {
    const limits = { perTransactionFen: fen(900), perDayFen: fen(2_500) };
    const run = await race({ taps: 300, cardFen: 100_000, limits, amount: amountUpTo(1_000), seed: 2 });
    mustHold(run, limits, 3_000);
  }, 60_000);

  test('every fourth with the password: those pass the meal and stop at the day, the others at the meal', async () => {
    const limits = { perTransactionFen: fen(2_000), perDayFen: fen(20_000) };
    const run = await race({ taps: 1_000, cardFen: 100_000, limits, pinEvery: 4, amount: amountUpTo(2_200), seed: 3 });
    mustHold(run, limits, 3_000);
    expect(run.head.state.spent.dayFen).toBeGreaterThan(19_900);
  }, 60_000);

  test('the balance is the last limit: it ends near zero and never below', async () => {
    const run = await race({ taps: 300, cardFen: 2_750, pinEvery: 2, amount: amountUpTo(300), seed: 4 });
    mustHold(run, {}, 3_000);
    expect(run.head.state.balances.card).toBeLessThan(10);
  }, 60_000);
});

test('on the engine, whose interleaving is its own, no limit is passed either, with and without the password', async () => {
  const engine = await startTestEngine();
  try {
    const database = createDynamoDatabase(DynamoDBDocumentClient.from(engine.client), engine.tables);
    const limits = { perTransactionFen: fen(900), perDayFen: fen(6_000) };
    const run = await race({
      database,
      taps: isFull ? 200 : 30,
      cardFen: 100_000,
      limits,
      pinEvery: 3,
      amount: amountUpTo(1_000),
      seed: 5,
    });
    mustHold(run, limits, 3_000);
  } finally {
    await engine.stop();
  }
}, 120_000);
