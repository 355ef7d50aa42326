import { typedAccount, typedCardNumber, typedDay, typedIdNumber, typedMobile } from './typed-ids';

describe('numbers as people type or paste them', () => {
  it('takes an ID with spaces, full-width digits and a small x', () => {
    expect([' 990000 19990101 123x', '９９００００１９９９０１０１１２３Ｘ'].map(typedIdNumber)).toEqual([
      '99000019990101123X',
      '99000019990101123X',
    ]);
    expect(['', '1234', '990000-1999', '证件号', '9'.repeat(21), '12345🙂'].map(typedIdNumber)).toEqual([
      undefined,
      undefined,
      '9900001999',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('takes a card number of 12 to 19 digits in groups', () => {
    expect(['9901 0112 3456 7890', '1234', '9901011234567890x', '1'.repeat(20)].map(typedCardNumber)).toEqual([
      '9901011234567890',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('takes a mobile number with spaces, full-width digits and its country code', () => {
    expect(['138 0000 0000', '１３８００００００００', '+86 138-0000-0000', '＋8613800000000', '008613800000000'].map(typedMobile)).toEqual(
      Array(5).fill('13800000000'),
    );
    expect(['', '8613800000', '1380000000', '23800000000', '138000000001', '手机'].map(typedMobile)).toEqual(Array(6).fill(undefined));
  });

  it('takes a day that the calendar has, and no other', () => {
    expect(['20300131', '2030-1-31', '2030.01.31', '2030年1月31日', '２０３００１３１'].map(typedDay)).toEqual(Array(5).fill('2030-01-31'));
    expect(['2030-02-30', '20301301', '2030', '', 'tomorrow'].map(typedDay)).toEqual(Array(5).fill(undefined));
  });

  it('takes a room or a number as an account, with the hyphens that keyboards make', () => {
    expect([' 3-412 ', '３－４１２', '3–412', '2021 000037'].map(typedAccount)).toEqual(['3-412', '3-412', '3-412', '2021000037']);
    expect(['', '   ', '<b>', 'x'.repeat(33)].map(typedAccount)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
