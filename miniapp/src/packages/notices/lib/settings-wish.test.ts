import { fen } from '../../../../../shared/money';
import { wishOf } from './settings-wish';

describe('the settings as they are sent', () => {
  it('are the switches and the chosen amounts, without what the school offers', () => {
    const choicesFen = [fen(500), fen(1_000)];
    expect(
      wishOf({
        lowBalance: { on: true, fen: fen(500), choicesFen },
        largeSpend: { on: false, fen: fen(1_000), choicesFen },
        claimWaiting: { on: false },
        refund: { on: true },
      }),
    ).toEqual({
      lowBalance: { on: true, fen: 500 },
      largeSpend: { on: false, fen: 1_000 },
      claimWaiting: { on: false },
      refund: { on: true },
    });
  });

  it('leave switched on what the school does not offer today, so that it is told once it does', () => {
    expect(wishOf({ lowBalance: null, largeSpend: null, claimWaiting: null, refund: { on: false } })).toMatchObject({
      lowBalance: { on: true },
      largeSpend: { on: true },
      claimWaiting: { on: true },
      refund: { on: false },
    });
  });
});
