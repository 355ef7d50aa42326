import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { fen } from '../../../shared/money';
import { rulePackSchema } from '../../../shared/rule-pack';
import { autoCaps, disputable, giftDays, giftEnds, moneyServices } from './money-services';

const pack = (schoolId: string) =>
  v.parse(rulePackSchema, JSON.parse(readFileSync(path.resolve(__dirname, '../../../packs', `${schoolId}.json`), 'utf8')));

describe('what can be done with money at a school', () => {
  it('is what its pack offers', () => {
    expect(moneyServices(pack('shanghaitech'), false).flat()).toEqual([
      ...['transfers', 'refunds', 'disputes', 'limits', 'auto', 'bank-card', 'gifts', 'pay-other'],
    ]);
    expect(moneyServices(pack('dufl'), false).flat()).toEqual(['transfers', 'refunds', 'disputes', 'limits', 'bank-card']);
    expect(moneyServices(pack('bistu'), false).flat()).toEqual(['transfers', 'refunds', 'disputes', 'limits', 'gifts']);
  });

  it('begins with a debt where there is one', () => {
    expect(moneyServices(pack('bistu'), true)[0]).toEqual(['debt']);
  });
});

it('doubts purchases at a till, and nothing else', () => {
  const kinds = ['charge', 'native-charge', 'pass-charge', 'top-up', 'void', 'utility-payment'] as const;
  expect(kinds.filter((kind) => disputable({ kind, amountFen: fen(-100) }))).toEqual(['charge', 'native-charge']);
  expect(disputable({ kind: 'charge', amountFen: fen(0) })).toBe(false);
});

it('lets a gift link last as long as the school does, and never longer by a late clock', () => {
  expect([giftDays(30), giftDays(5), giftDays(1), giftDays(400)]).toEqual([[1, 3, 7, 30], [1, 3], [1], [1, 3, 7, 30, 90]]);
  expect(giftEnds(0, 86_400_000)).toBe('1970-01-01T23:59:00.000Z');
});

it('offers monthly caps between one amount and the school’s own, and keeps what is agreed', () => {
  expect(autoCaps(fen(5_000), fen(100_000), undefined)).toEqual([5_000, 10_000, 25_000, 100_000]);
  expect(autoCaps(fen(10_000), fen(30_000), fen(25_000))).toEqual([10_000, 20_000, 25_000, 30_000]);
  expect(autoCaps(fen(10_000), fen(10_000), fen(5_000))).toEqual([10_000]);
});
