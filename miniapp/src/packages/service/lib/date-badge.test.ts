import { dateBadge } from './date-badge';

it('SJ-14 the date badge has month and day as the help list prints them, with the year', () => {
  expect(dateBadge('2023-04-25', 'en')).toEqual({ month: 'Apr', date: '25', year: '2023' });
  expect(dateBadge('2017-11-03', 'en')).toEqual({ month: 'Nov', date: '3', year: '2017' });
  expect(dateBadge('2017-11-03', 'zh')).toEqual({ month: '11月', date: '3', year: '2017' });
});
