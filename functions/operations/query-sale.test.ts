import { createModelDatabase } from '../test/model-database';
import { again, SaleFixture } from '../test/sale-fixture';
import { authorizePayment, type SaleAnswer, type SaleRequest } from './authorize-payment';
import { querySale } from './query-sale';
import { voidSale } from './void-sale';

let till: SaleFixture;
beforeEach(() => {
  till = new SaleFixture(createModelDatabase());
});

async function forgedSales(account: number): Promise<readonly (readonly [string, SaleRequest])[]> {
  const tap = till.tapSale(account, 100);
  if (tap.body.kind !== 'charge-card') throw new Error('a tap');
  const code = await till.code(account);
  const wrong = `${code.slice(0, 23)}${(Number(code.slice(23)) + 1) % 10}`;
  return [
    ['code.invalid', till.codeSale(wrong, 100)],
    ['code.identity-only', till.codeSale(await till.code(account, { kind: 'identity' }), 100)],
    ['card.bad-chip-code', till.sale({ ...tap.body, chip: { counter: 1, mac: '0'.repeat(16) } })],
    ['payment.amount-invalid', till.tapSale(account, 0)],
  ];
}

describe('a sale that nobody can have meant', () => {
  test('gets one answer for ever, with its reason, from charge, query and void, and no fence', async () => {
    const account = await till.account({ cardFen: 5_000 });
    const before = await till.head(account);
    for (const [code, sale] of await forgedSales(account)) {
      const wanted: SaleAnswer = { outcome: 'not-charged', code: code as never, definite: true };
      const start = till.now;
      for (const later of [0, 10_000, 61_000, 86_400_000]) {
        till.now = start + later;
        expect(await authorizePayment(till.deps, sale)).toEqual(wanted);
        expect(await authorizePayment(till.deps, again(sale))).toEqual(wanted);
        expect(await querySale(till.deps, sale)).toEqual(wanted);
        expect(await voidSale(till.deps, sale)).toEqual(wanted);
      }
      till.now = start;
    }
    expect(await till.head(account)).toEqual(before);
  });
});
