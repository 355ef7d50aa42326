import { createHash } from 'node:crypto';
import { shiftDay } from '../../shared/time';
import { Crash, faultyDatabase } from '../test/faulty-database';
import { CANTEEN, FinanceWorld, SCHOOL, SHOP } from '../test/finance-world';
import { createModelDatabase } from '../test/model-database';
import { closeDay } from './close-day';
import { payMerchants, readPayoutFile } from './pay-merchants';

const MONDAY = '2026-11-16';
const TUESDAY = '2026-11-17';
let world: FinanceWorld;

async function settledWorld(): Promise<FinanceWorld> {
  const made = await new FinanceWorld(createModelDatabase()).open();
  made.at(MONDAY, '08:00');
  const students = [await made.account(), await made.account()] as const;
  await made.usualDay(MONDAY, students);
  made.at(TUESDAY, '10:10');
  await closeDay(made.deps, SCHOOL, MONDAY);
  return made;
}

beforeEach(async () => {
  world = await settledWorld();
});

const wish = { schoolId: SCHOOL, day: MONDAY, by: 'staff:1' };
const payouts = async (of = world) => {
  const lines = [];
  for (const day of [MONDAY, TUESDAY]) {
    for (let shard = 0; shard < 8; shard += 1) {
      for await (const line of of.deps.books.lines(SCHOOL, `house/${day}/${shard}`)) lines.push(line);
    }
  }
  return lines.filter(({ kind }) => kind === 'merchant-payout');
};

describe('paying merchants', () => {
  it('is refused before the day is settled', async () => {
    await expect(payMerchants(world.deps, { ...wish, day: TUESDAY })).rejects.toMatchObject({ code: 'day.open' });
  });

  it('enters what leaves the bank, what the merchant is owed less and the fee, and masks the account', async () => {
    const report = await payMerchants(world.deps, wish);
    expect(report.unpayable).toEqual([{ merchant: 13, amountFen: 560, reason: 'no-account' }]);
    expect(report.batches).toHaveLength(1);
    expect(report.batches[0]).toMatchObject({ batchNo: `${MONDAY}-1`, count: 1, totalFen: 1_242, madeBy: 'staff:1' });
    expect(JSON.stringify(report)).not.toContain(CANTEEN.account?.accountNo);
    expect(report.batches[0]?.lines[0]?.maskedAccount).toBe('6222****2222');
    expect((await payouts()).map(({ entryId, postings }) => ({ entryId, postings }))).toEqual([
      {
        entryId: `payout-${MONDAY}-12`,
        postings: [
          { leg: 'merchant:12', amountFen: -1_250 },
          { leg: 'bank:main', amountFen: 1_242 },
          { leg: 'income:merchant-fee', amountFen: 8 },
        ],
      },
    ]);
  });

  it('leaves nothing owed to a merchant who was paid, on the sheet of the day it was paid', async () => {
    await payMerchants(world.deps, wish);
    world.at(shiftDay(TUESDAY, 1), '10:10');
    const { sheet } = await closeDay(world.deps, SCHOOL, TUESDAY);
    expect(sheet.closing['merchant:12']).toBeUndefined();
    expect(sheet.closing).toMatchObject({ 'bank:main': 1_242, 'income:merchant-fee': 8, 'merchant:13': 560 });
    // A payout is no sale: the merchant has no settlement of that day.
    expect(await world.deps.settlements.find(SCHOOL, 12, TUESDAY)).toBeUndefined();
  });

  it('pays once however often it is asked, and who is added later in a batch of their own', async () => {
    const first = await payMerchants(world.deps, wish);
    expect(await payMerchants(world.deps, wish)).toEqual(first);
    expect(await payouts()).toHaveLength(1);
    const account = { bankName: '示例银行', accountName: '示例超市', accountNo: '6222000033334444' };
    await world.deps.merchants.save({ ...SHOP, account });
    const second = await payMerchants(world.deps, wish);
    expect(second.unpayable).toEqual([]);
    expect(second.batches.map(({ batchNo, count }) => [batchNo, count])).toEqual([
      [`${MONDAY}-1`, 1],
      [`${MONDAY}-2`, 1],
    ]);
    expect(second.batches[0]).toEqual(first.batches[0]);
    expect(await payouts()).toHaveLength(2);
  });

  it('does not follow a change of account into a batch that was decided', async () => {
    await payMerchants(world.deps, wish);
    const before = await readPayoutFile(world.deps, { ...wish, batchNo: `${MONDAY}-1` });
    await world.deps.merchants.save({ ...CANTEEN, account: { bankName: '别家银行', accountName: '别人', accountNo: '6222999999999999' } });
    await payMerchants(world.deps, wish);
    expect(await readPayoutFile(world.deps, { ...wish, batchNo: `${MONDAY}-1` })).toBe(before);
  });

  it.each([
    ['a formula', '=HYPERLINK("http://x")'],
    ['a line break', '示例\r\nD,2,x'],
    ['spaces around', ' 示例 '],
  ])('sends no money to a name with %s', async (_what, accountName) => {
    await world.deps.merchants.save({ ...CANTEEN, account: { bankName: '示例银行', accountName, accountNo: '6222000011112222' } });
    const { batches, unpayable } = await payMerchants(world.deps, wish);
    expect(batches).toEqual([]);
    expect(unpayable).toContainEqual({ merchant: 12, amountFen: 1_242, reason: 'bad-account' });
  });

  it('pays once where two ask at the same moment', async () => {
    const both = await Promise.all([payMerchants(world.deps, wish), payMerchants(world.deps, { ...wish, by: 'staff:2' })]);
    expect(both[0]?.batches).toEqual(both[1]?.batches);
    expect(await payouts()).toHaveLength(1);
  });

  it('ends the same after a crash before or after any of its calls', async () => {
    for (let at = 1, finished = false; !finished; at += 1) {
      for (const moment of ['before', 'after'] as const) {
        const other = await settledWorld();
        const died = await payMerchants(other.depsOver(faultyDatabase(other.database, { at, moment })), wish).then(
          () => false,
          (error: unknown) => error instanceof Crash,
        );
        finished = !died;
        const { batches } = await payMerchants(other.deps, wish);
        expect(batches).toHaveLength(1);
        expect(await payouts(other)).toHaveLength(1);
      }
    }
  });
});

describe('the file for the bank', () => {
  it('ends with a line of control over every byte before it', async () => {
    await payMerchants(world.deps, wish);
    const text = await readPayoutFile(world.deps, { ...wish, batchNo: `${MONDAY}-1` });
    const lines = text.split('\r\n');
    expect(lines.slice(0, 2)).toEqual([
      `H,1,${SCHOOL},${MONDAY}-1,${MONDAY},CNY`,
      `D,1,payout-${MONDAY}-12,12,示例餐饮有限公司,6222000011112222,示例银行,12.42,${MONDAY} settlement`,
    ]);
    const body = `${lines.slice(0, 2).join('\r\n')}\r\n`;
    expect(lines[2]).toBe(`T,1,12.42,${createHash('sha256').update(body).digest('hex')}`);
    expect(lines.slice(3)).toEqual(['']);
  });

  it('is known by its number only', async () => {
    await expect(readPayoutFile(world.deps, { ...wish, batchNo: `${MONDAY}-9` })).rejects.toMatchObject({ code: 'finance.unknown' });
  });
});
