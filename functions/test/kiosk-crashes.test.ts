import type { Machine } from '../../sandbox/terminals/machine';
import { faultyDatabase } from './faulty-database';
import { KioskWorld } from './kiosk-world';

const PIN = '271828';
const OWN_CARD = '6217001230006789';

/** At the form of the transfer or of the binding, with the function about to die at its n-th call of the database. */
async function atForm(service: 'bank-transfer' | 'bank-binding'): Promise<{ readonly world: KioskWorld; readonly kiosk: Machine }> {
  const world = await KioskWorld.open();
  await world.withId();
  const { kiosk } = await world.visit();
  await kiosk.press('menu-0');
  await kiosk.press('change-password');
  await kiosk.press('ok', { which: 'transaction', old: '123456', new: PIN, again: PIN });
  await kiosk.press('exit');
  if (service === 'bank-transfer') {
    await kiosk.press('menu-1');
    await kiosk.press('bank-binding');
    await kiosk.press('ok', { bankCard: OWN_CARD, pin: PIN });
    await kiosk.press('exit');
  }
  await kiosk.press('menu-1');
  await kiosk.press(service);
  return { world, kiosk };
}

async function callsOf(service: 'bank-transfer' | 'bank-binding', button: string, fields: Record<string, string>): Promise<number> {
  const { world, kiosk } = await atForm(service);
  const counting = faultyDatabase(world.database, { at: Number.POSITIVE_INFINITY, moment: 'before' });
  world.bankService = world.bankOver(counting);
  await kiosk.press(button, fields);
  return counting.calls();
}

describe.each(['before', 'after'] as const)('the function dies %s any of its calls', (moment) => {
  test('of a transfer: the same bytes end it, with one debit and its money once in the chip', async () => {
    const fields = { amount: '20', pin: PIN };
    const calls = await callsOf('bank-transfer', 'transfer', fields);
    expect(calls).toBeGreaterThan(10);
    for (let at = 1; at <= calls; at += 1) {
      const { world, kiosk } = await atForm('bank-transfer');
      world.bankService = world.bankOver(faultyDatabase(world.database, { at, moment }));
      await kiosk.press('transfer', fields);
      const { card, transit, chipPending } = await world.places();
      expect(card + transit + chipPending).toBeLessThanOrEqual(world.bank.sumOf('debit'));
      world.bankService = world.bankOver(world.database);
      world.school.now += 1_000;
      if (kiosk.screen().id === 'waiting') await kiosk.press('retry');
      expect({ at, screen: kiosk.screen().id }).toEqual({ at, screen: 'kiosk.transfer-done' });
      expect({ at, ...(await world.places()) }).toEqual({ at, card: 2_000, transit: 0, chipPending: 0 });
      expect([world.bank.sumOf('debit'), world.bank.moved.size, world.chip.memory.storedFen]).toEqual([2_000, 1, 2_000]);
    }
  });

  test('of a binding: the same bytes end it, with one agreement that the card can use', async () => {
    const fields = { bankCard: OWN_CARD, pin: PIN };
    const calls = await callsOf('bank-binding', 'ok', fields);
    for (let at = 1; at <= calls; at += 1) {
      const { world, kiosk } = await atForm('bank-binding');
      world.bankService = world.bankOver(faultyDatabase(world.database, { at, moment }));
      await kiosk.press('ok', fields);
      world.bankService = world.bankOver(world.database);
      if (kiosk.screen().id === 'waiting') await kiosk.press('retry');
      expect({ at, screen: kiosk.screen().id }).toEqual({ at, screen: 'kiosk.bind-done' });
      expect(world.bank.agreements.size).toBe(1);
    }
  });
});

test('a card that was put back and written again at another fault still gets its money once', async () => {
  const world = await KioskWorld.open();
  await world.topUp(2_000);
  for (const visits of [1, 2, 3]) {
    const { kiosk } = await world.visit();
    kiosk.setFault('card-pulled', true);
    await kiosk.press('menu-2');
    if ((await kiosk.press('claim')).id === 'kiosk.rewrite') await kiosk.press('rewrite');
    else await kiosk.press('ok', { pin: '123456' });
    expect({ visits, ...(await world.places()) }).toEqual({ visits, card: 0, transit: 0, chipPending: 2_000 });
  }
  const { kiosk } = await world.visit();
  kiosk.setFault('power-cut', true);
  await kiosk.press('menu-2');
  await kiosk.press('claim');
  expect((await kiosk.press('rewrite')).id).toBe('kiosk.dark');
  expect([await world.places(), world.chip.memory.storedFen]).toEqual([{ card: 0, transit: 0, chipPending: 2_000 }, 2_000]);
  kiosk.setFault('power-cut', false);
  await kiosk.place(world.chip);
  await kiosk.press('menu-2');
  // The chip held it already: the machine told so on sight, and nothing is left to do.
  await kiosk.press('claim');
  expect([await world.places(), world.chip.memory.storedFen]).toEqual([{ card: 2_000, transit: 0, chipPending: 0 }, 2_000]);
});
