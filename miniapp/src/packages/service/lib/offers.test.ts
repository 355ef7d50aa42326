import { fen } from '../../../../../shared/money';
import { offersOn } from './offers';

const words = (zh: string) => ({ zh, en: zh });
const services = {
  offers: {
    label: words('优惠信息'),
    items: [
      { title: words('always'), text: words('…') },
      { title: words('later'), text: words('…'), lastDay: '2026-12-31' },
      { title: words('today'), text: words('…'), lastDay: '2026-11-28' },
      { title: words('over'), text: words('…'), lastDay: '2026-11-27' },
    ],
  },
};
const firstMeal = { label: words('首餐补贴'), groups: ['student' as const], offFen: fen(200) };
const titles = (day: string, pack: Parameters<typeof offersOn>[1]) => offersOn(day, pack).map(({ title }) => title.zh);

describe('DL-29 the offers of a school', () => {
  it('are those that are not over, the soonest to end first', () => {
    expect(titles('2026-11-28', { services })).toEqual(['today', 'later', 'always']);
  });

  it('begin with what its prices give by themselves', () => {
    expect(offersOn('2026-11-28', { services, pricing: { firstMeal } })[0]).toEqual({
      kind: 'first-meal',
      title: firstMeal.label,
      offFen: 200,
      groups: ['student'],
    });
  });

  it('are none where the school gives none', () => {
    expect(titles('2026-11-28', {})).toEqual([]);
    expect(titles('2027-01-01', { services: { offers: { ...services.offers, items: services.offers.items.slice(1) } } })).toEqual([]);
  });
});
