import { demoPerson, generatePeople } from '../roster/people';
import { BANK_IDS, BANKS, SCHOOL_ACCOUNTS } from './banks';
import { cardsByIdentity, cardsOf, findCard, idNumberOf } from './cardholders';

const SCHOOLS = Object.keys(SCHOOL_ACCOUNTS);

/** GB 11643, counted another way than where the numbers are made. */
function hasCheckCharacter(idNumber: string): boolean {
  let rest = 0;
  for (const char of idNumber) rest = (rest * 2 + (char === 'X' ? 10 : Number(char))) % 11;
  return rest === 1;
}

function isLuhn(number: string): boolean {
  const sum = Array.from(number)
    .reverse()
    .map((char, place) => Number(char) * (place % 2 === 1 ? 2 : 1))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
  return sum % 10 === 0;
}

describe.each(SCHOOLS)('the bank customers of %s', (school) => {
  const people = generatePeople(school, 300);
  const withId = people.filter(({ idTail }) => idTail !== '');

  test('are the persons of its roster: same name, an ID that ends as the list says, the mobile of the list', () => {
    expect(withId.length).toBeGreaterThan(250);
    for (const person of withId) {
      const found = cardsOf(school, person.number)?.customer;
      expect(found?.name).toBe(person.name);
      expect(found?.idNumber.slice(-7)).toBe(person.idTail);
      if (person.mobile !== '') expect(found?.mobile).toBe(person.mobile);
      expect(found?.mobile).toMatch(/^100\d{8}$/);
    }
  });

  test('have ID numbers that check and are nobody’s', () => {
    for (const person of withId) {
      const idNumber = idNumberOf(person) ?? '';
      // No province is 99; the birthday is one.
      expect(idNumber).toMatch(/^99\d{4}(1998|1999|200[0-5])(0[1-9]|10)(0[1-9]|[12]\d|3[01])\d{3}[\dX]$/);
      expect(hasCheckCharacter(idNumber)).toBe(true);
    }
  });

  test('have a debit and a credit card at every bank, found again by number and by identity', () => {
    const numbers = new Set<string>();
    for (const person of withId.slice(0, 100)) {
      const cards = cardsOf(school, person.number)?.cards ?? [];
      expect(cards.map(({ bank, kind }) => `${bank} ${kind}`)).toEqual(BANK_IDS.flatMap((bank) => [`${bank} debit`, `${bank} credit`]));
      for (const card of cards) {
        numbers.add(card.cardNumber);
        expect(isLuhn(card.cardNumber)).toBe(true);
        expect(card.cardNumber.startsWith(BANKS[card.bank].prefix)).toBe(true);
        expect(card.cardNumber).toHaveLength(card.kind === 'debit' ? 19 : 16);
        expect(findCard(card.cardNumber)).toEqual(card);
      }
      const { name, idNumber } = cards[0]?.customer ?? { name: '', idNumber: '' };
      expect(cardsByIdentity(school, { name, idNumber })).toEqual(cards);
    }
    expect(numbers.size).toBe(600);
  });
});

test('whoever has no ID on the list has no card, and an invented number is none', () => {
  const person = generatePeople('dufl', 2000).find(({ idTail }) => idTail === '');
  expect(person && cardsOf('dufl', person.number)).toBeUndefined();
  expect(cardsOf('dufl', 'nobody')).toBeUndefined();
  expect(cardsOf('nowhere', '21000037')).toBeUndefined();
  const real = cardsOf('dufl', demoPerson('dufl', 'student').number)?.cards[0]?.cardNumber ?? '';
  expect(findCard(real)).toBeDefined();
  expect(findCard(`${real.slice(0, -1)}${(Number(real.at(-1)) + 1) % 10}`)).toBeUndefined();
  expect(findCard('6217000000000000001')).toBeUndefined();
});

test('somebody far down a large roster has cards too', () => {
  const person = [...generatePeople('sjtu', 4_500)].reverse().find(({ idTail }) => idTail !== '');
  expect(person && cardsOf('sjtu', person.number)?.customer.name).toBe(person?.name);
});
