import { createChipWrites } from '../store/chip-writes';
import { MachineWorld } from '../test/machine-world';
import { createModelDatabase } from '../test/model-database';
import { TopUpFixture } from '../test/top-up-fixture';
import { confirmOrder } from './confirm-order';
import { createTopUp } from './create-top-up';
import { readOrder } from './read-order';

/** A paid top-up of a student who goes to a kiosk. */
async function paid() {
  const database = createModelDatabase();
  const phone = new TopUpFixture(database);
  const kiosk = new MachineWorld(database);
  const payer = await phone.student();
  const { accountNo } = payer;
  const { orderNo } = await createTopUp(phone.deps, payer, phone.wish());
  await confirmOrder(phone.deps, 'wechat-pay', phone.wechat.pay(orderNo, phone.till.now));
  const onCardAt = async () => (await readOrder(phone.deps, payer, orderNo)).onCardAt;
  const pass = (ms: number): void => {
    phone.till.now += ms;
    kiosk.till.now = phone.till.now;
  };
  const claim = async () => {
    const reply = await kiosk.claim(kiosk.claimBody(accountNo));
    if (reply.kind !== 'claim') throw new Error('no claim');
    return reply;
  };
  return { kiosk, accountNo, onCardAt, pass, claim, database };
}

describe('a top-up that is claimed at a kiosk', () => {
  it('is on the card when the chip holds it, not when it was claimed', async () => {
    const { kiosk, accountNo, onCardAt, pass, claim } = await paid();
    const { write, amountFen } = await claim();
    expect(await onCardAt()).toBeNull();
    pass(86_400_000);
    expect(await onCardAt()).toBeNull();
    await kiosk.chip(kiosk.reportBody(accountNo, 'written', write, amountFen));
    expect(Date.parse((await onCardAt()) ?? '')).toBe(kiosk.till.now);
  });

  it('is found on the card however many entries later the chip was written', async () => {
    const { kiosk, accountNo, onCardAt, pass, claim } = await paid();
    const { write, amountFen } = await claim();
    for (let i = 0; i < 120; i += 1) await kiosk.state(accountNo, { codesFrozen: i % 2 === 0 });
    expect(await onCardAt()).toBeNull();
    pass(60_000);
    await kiosk.chip(kiosk.reportBody(accountNo, 'written', write, amountFen));
    const at = kiosk.till.now;
    pass(60_000);
    expect(Date.parse((await onCardAt()) ?? '')).toBe(at);
  });

  it('is not taken for claimed by the chip write of another', async () => {
    const { kiosk, accountNo, onCardAt, claim, database } = await paid();
    const { write, amountFen } = await claim();
    await kiosk.chip(kiosk.reportBody(accountNo, 'written', write, amountFen));
    const first = await onCardAt();
    await kiosk.topUp(accountNo, 500);
    await claim();
    expect(await onCardAt()).toBe(first);
    expect(await createChipWrites(database).newest('shanghaitech', accountNo)).toMatchObject({ state: 'open', amountFen: 500 });
  });
});
