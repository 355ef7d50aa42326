import fc from 'fast-check';
import { readCardNumber, writeCardNumber } from './card-number';

const parts = fc.record({ accountNo: fc.integer({ min: 1, max: 999_999_999 }), issue: fc.integer({ min: 0, max: 99 }) });

describe('our card number', () => {
  it('names its account and issue, in twelve digits', () => {
    fc.assert(
      fc.property(parts, (card) => {
        expect(writeCardNumber(card)).toMatch(/^\d{12}$/);
        expect(readCardNumber(writeCardNumber(card))).toEqual(card);
      }),
    );
  });

  // ISO/IEC 7812-1, the example of its Annex B: 7992739871 has check digit 3.
  it('ends in the Luhn check digit of ISO/IEC 7812-1', () => {
    expect(writeCardNumber({ accountNo: 79_927_398, issue: 71 })).toBe('079927398713');
  });

  it('is refused with any one digit wrong', () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 0, max: 11 }), fc.integer({ min: 1, max: 9 }), (card, place, more) => {
        const number = writeCardNumber(card);
        const digit = (Number(number.charAt(place)) + more) % 10;
        expect(readCardNumber(`${number.slice(0, place)}${digit}${number.slice(place + 1)}`)).toBeUndefined();
      }),
    );
  });

  it('is refused with two neighbours swapped, but for 09 and 90, which Luhn cannot tell', () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 0, max: 10 }), (card, place) => {
        const number = writeCardNumber(card);
        const pair = number.slice(place, place + 2);
        fc.pre(pair.charAt(0) !== pair.charAt(1) && pair !== '09' && pair !== '90');
        const swapped = `${number.slice(0, place)}${pair.charAt(1)}${pair.charAt(0)}${number.slice(place + 2)}`;
        expect(readCardNumber(swapped)).toBeUndefined();
      }),
    );
  });

  it.each(['', '12345678901', '1234567890123', '07992739871x', ' 079927398713', '０79927398713'])('is not %p', (text) => {
    expect(readCardNumber(text)).toBeUndefined();
  });
});
