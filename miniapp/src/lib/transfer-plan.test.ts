import fc from 'fast-check';
import { add, fen } from '../../../shared/money';
import { transferPlan, transferRules } from './transfer-plan';

const quote = (walletFen: number, cardTail: string | null = '1234') => ({
  ...{ cardFen: fen(3_891), chipPendingFen: fen(0), transitFen: fen(100), walletFen: fen(walletFen) },
  ...{ minFen: fen(1), maxFen: fen(20_000), cardTail },
});

describe('a transfer before it is asked for', () => {
  it('DL-35 takes the wallet first and the rest from the bound card', () => {
    expect(transferPlan('card', quote(3_000), fen(5_000))).toEqual({
      ...{ fromWalletFen: 3_000, fromBankFen: 2_000, afterFen: 8_991, needsCard: false },
    });
    expect(transferPlan('card', quote(9_000), fen(5_000))).toMatchObject({ fromWalletFen: 5_000, fromBankFen: 0 });
  });

  it('needs a bound card only where the bank pays a part', () => {
    expect(transferPlan('card', quote(3_000, null), fen(5_000)).needsCard).toBe(true);
    expect(transferPlan('card', quote(5_000, null), fen(5_000)).needsCard).toBe(false);
    expect(transferPlan('wallet', quote(5_000, null), fen(1)).needsCard).toBe(true);
  });

  it('takes all from the bank where it goes into the wallet or straight onto the card', () => {
    expect(transferPlan('wallet', quote(1_000), fen(500))).toMatchObject({ fromWalletFen: 0, fromBankFen: 500, afterFen: 1_500 });
    expect(transferPlan('bank', quote(1_000), fen(500))).toMatchObject({ fromWalletFen: 0, fromBankFen: 500, afterFen: 4_491 });
  });

  it('splits every amount wholly', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('card', 'bank', 'wallet'),
        fc.nat(1_000_000),
        fc.integer({ min: 1, max: 1_000_000 }),
        (way, wallet, amount) => {
          const { fromWalletFen, fromBankFen } = transferPlan(way, quote(wallet), fen(amount));
          expect(add(fromWalletFen, fromBankFen)).toBe(amount);
          expect(Math.min(fromWalletFen, fromBankFen)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('has no cap where the server states none', () => {
    expect(transferRules({ minFen: fen(1), maxFen: null })).toEqual({ minFen: 1, maxFen: undefined });
  });
});
