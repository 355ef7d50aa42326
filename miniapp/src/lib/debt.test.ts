import { fen } from '../../../shared/money';
import { debtPlan } from './debt';

const plan = (owed: number | undefined, card: number, { reserved, transit = 0 }: { reserved?: number; transit?: number } = {}) =>
  debtPlan({
    ...(owed === undefined ? {} : { owedFen: fen(owed) }),
    ...(reserved === undefined ? {} : { reservedFen: fen(reserved) }),
    balances: { cardFen: fen(card), transitFen: fen(transit) },
  });

describe('settling what is owed', () => {
  it('is nothing where nothing is owed', () => {
    expect([plan(undefined, 500), plan(0, 500)]).toEqual([undefined, undefined]);
  });

  it('takes what is owed and no more from a card that has it', () => {
    expect(plan(1_000, 4_000)).toMatchObject({ settleFen: 1_000, missingFen: 0, freeFen: 4_000 });
  });

  it('takes what the card has, and says what is missing', () => {
    expect(plan(2_000, 500)).toMatchObject({ settleFen: 500, missingFen: 1_500 });
    expect(plan(2_000, 0)).toMatchObject({ settleFen: 0, missingFen: 2_000 });
  });

  it('leaves alone what offline passes reserve, also where they reserve more than the card has', () => {
    expect(plan(2_000, 8_500, { reserved: 8_000 })).toMatchObject({ freeFen: 500, settleFen: 500, missingFen: 1_500 });
    expect(plan(2_000, 500, { reserved: 8_000 })).toMatchObject({ freeFen: 0, settleFen: 0, missingFen: 2_000 });
  });

  it('does not count what waits to be claimed, but names it', () => {
    expect(plan(2_000, 0, { transit: 5_000 })).toMatchObject({ settleFen: 0, missingFen: 2_000, waitingFen: 5_000 });
  });
});
