import fc from 'fast-check';
import { AppError } from '../../shared/errors';
import { verifyPassbook } from '../domain/verify-passbook';
import { WalletWorld } from './wallet-world';

const MINUTE = 60_000;
const amount = fc.integer({ min: 1, max: 20_000 });
const acts = fc.array(
  fc.record({
    act: fc.constantFrom('fill', 'to-card', 'withdraw', 'sweep', 'settle'),
    amountFen: amount,
    /** Of a debit or pay-out at the bank, and whether its answer arrives. */
    fate: fc.constantFrom('succeeded', 'failed', 'pending'),
    isHeard: fc.boolean(),
    /** The phone repeats the request. */
    isRepeated: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

test('whatever the bank does and whoever repeats: what left the bank card is in the wallet or on its way to the card, to the fen', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (list) => {
      const world = await WalletWorld.bound();
      await world.saveInfo();
      const { bank } = world;
      const settle = (fate: 'succeeded' | 'failed'): void => {
        for (const [requestNo, { state }] of bank.moved) if (state === 'pending') bank.settle(requestNo, fate);
      };
      for (const { act, amountFen, fate, isHeard, isRepeated } of list) {
        bank.fate = fate;
        bank.after = (called) => {
          if (!isHeard && (called === 'confirmDebit' || called === 'payOut')) throw new AppError('bank.unavailable');
        };
        const requestId = world.requestId();
        for (let time = 0; time < (isRepeated ? 2 : 1); time += 1) {
          if (act === 'fill') {
            const { body } = await world.ask('POST', '/bank-top-ups', { requestId, target: 'wallet', amountFen });
            await world.confirmTopUp(body.order.orderNo);
          } else if (act === 'to-card') {
            const { body } = await world.ask('POST', '/card-top-ups', { requestId, amountFen });
            const own = body.codeBy === 'school';
            const code = own ? world.student.sent.at(-1)?.code : bank.codeOf([...bank.moved.keys()].at(-1) ?? '');
            await world.ask('POST', `/card-top-ups/${body.transferNo ?? 'none_yet_'}/confirm`, { code: code ?? '0000' });
          } else if (act === 'withdraw') {
            const proof = { kind: 'sms', value: await world.ownCode() };
            await world.ask('POST', '/withdrawals', { requestId, amountFen, proof });
          } else if (act === 'settle') settle(fate === 'failed' ? 'failed' : 'succeeded');
        }
        world.later(2 * MINUTE);
        if (act === 'sweep') await Promise.all([world.sweep(), world.sweepPayOuts()]);
      }
      // Calm: the bank decides, and everything is asked about until it has its answer.
      bank.after = () => {};
      settle('succeeded');
      for (let round = 0; round < 3; round += 1) {
        world.later(60 * MINUTE);
        await world.sweep();
        await world.sweepPayOuts();
      }
      const { state } = await world.head();
      const { wallet, transit, card } = state.balances;
      expect(wallet + transit + card).toBe(bank.sumOf('debit') - bank.sumOf('pay-out'));
      // All of it is the holder's own, and stays theirs to withdraw.
      expect(state.ownBankFen).toBe(wallet + transit + card);
      const entries = await world.student.entries(world.holder);
      expect(verifyPassbook(entries)).toEqual([]);
      expect(new Set(entries.map(({ entryId }) => entryId)).size).toBe(entries.length);
    }),
    { numRuns: 60 },
  );
}, 60_000);
