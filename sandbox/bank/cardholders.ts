import { generatePeople, type Person } from '../roster/people';
import { BANK_IDS, BANKS, type BankId } from './banks';

/** The cardholders of the roster as the banks know them: the same persons, with a whole ID number that ends as the school's list says. */
export interface BankCustomer {
  readonly school: string;
  /** Student or staff number. */
  readonly number: string;
  readonly name: string;
  readonly idNumber: string;
  readonly mobile: string;
}

export interface BankCard {
  readonly cardNumber: string;
  readonly bank: BankId;
  readonly kind: 'debit' | 'credit';
  readonly customer: BankCustomer;
}

const SCHOOLS = ['sjtu', 'shanghaitech', 'dufl', 'bistu'];
/** As many as the largest made-up school has. */
const MOST_PEOPLE = 20_000;
const known = new Map<string, readonly Person[]>();

/** The roster's list does not depend on its length, so it grows when somebody further down is asked for. */
function personAt(school: string, index: number): Person | undefined {
  if (!SCHOOLS.includes(school) || index >= MOST_PEOPLE) return undefined;
  let people = known.get(school) ?? [];
  if (index >= people.length) {
    people = generatePeople(school, Math.min(Math.max(2_000, 2 * index), MOST_PEOPLE));
    known.set(school, people);
  }
  return people[index];
}

function findPerson(school: string, isThis: (person: Person) => boolean): { person: Person; index: number } | undefined {
  personAt(school, 0);
  for (;;) {
    const people = known.get(school) ?? [];
    const index = people.findIndex(isThis);
    const person = people[index];
    if (person !== undefined) return { person, index };
    if (personAt(school, people.length) === undefined) return undefined;
  }
}

const REGION_FIRST = 990_000;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/**
 * 18 characters by GB 11643: a region beginning with 99, which no province has, a birthday, the list's last seven, and a region chosen so
 * that the check character is right. Undefined for someone without an ID on the list.
 */
export function idNumberOf({ idTail, number }: Pick<Person, 'idTail' | 'number'>): string | undefined {
  if (idTail.length !== 7) return undefined;
  const year = 1_998 + (Number(number.replaceAll(/\D/g, '').slice(-2)) % 8);
  // The tail begins with the last digit of the month: 0 is October, all else the month of one digit.
  const month = idTail.startsWith('0') ? '1' : '0';
  for (let region = REGION_FIRST; region < REGION_FIRST + 100; region += 1) {
    const candidate = `${region}${year}${month}${idTail}`;
    const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(candidate[place]), 0);
    if ('10X98765432'[sum % 11] === candidate[17]) return candidate;
  }
  return undefined;
}

function customerOf(school: string, index: number, person: Person): BankCustomer | undefined {
  const idNumber = idNumberOf(person);
  if (idNumber === undefined) return undefined;
  const mobile = person.mobile === '' ? `1009${String(index).padStart(7, '0')}` : person.mobile;
  return { school, number: person.number, name: person.name, idNumber, mobile };
}

/** Everybody has a debit and a credit card at every bank, so that every rule of a binding can be tried. */
function cardNumberOf(bank: BankId, kind: BankCard['kind'], school: string, index: number): string {
  const [digit, length] = kind === 'debit' ? [1, 10] : [2, 7];
  const body = `${BANKS[bank].prefix}${digit}${SCHOOLS.indexOf(school)}${String(index).padStart(length, '0')}`;
  return body + luhnDigit(body);
}

function luhnDigit(body: string): string {
  const sum = Array.from(body)
    .reverse()
    .reduce((total, char, place) => total + (place % 2 === 0 ? ([0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(char)] ?? 0) : Number(char)), 0);
  return String((10 - (sum % 10)) % 10);
}

export function findCard(cardNumber: string): BankCard | undefined {
  const bank = BANK_IDS.find((one) => cardNumber.startsWith(BANKS[one].prefix));
  const match = /^\d{6}([12])(\d)(\d+)\d$/.exec(cardNumber);
  if (bank === undefined || match === null) return undefined;
  const kind = match[1] === '1' ? 'debit' : 'credit';
  const school = SCHOOLS[Number(match[2])] ?? '';
  const index = Number(match[3]);
  const person = personAt(school, index);
  if (person === undefined || cardNumberOf(bank, kind, school, index) !== cardNumber) return undefined;
  const customer = customerOf(school, index, person);
  return customer && { cardNumber, bank, kind, customer };
}

/** The customer with this student or staff number, and all of their cards. */
export function cardsOf(
  school: string,
  number: string,
): { readonly customer: BankCustomer; readonly cards: readonly BankCard[] } | undefined {
  const found = findPerson(school, (person) => person.number === number);
  return found && cardsAt(school, found.index, found.person);
}

/** By name and ID, without a card number: how a bank finds the holder of a quick binding. */
export function cardsByIdentity(school: string, identity: { name: string; idNumber: string }): readonly BankCard[] {
  const tail = identity.idNumber.slice(-7);
  const found = findPerson(
    school,
    (person) => person.idTail === tail && person.name === identity.name && idNumberOf(person) === identity.idNumber,
  );
  return (found && cardsAt(school, found.index, found.person)?.cards) ?? [];
}

function cardsAt(school: string, index: number, person: Person) {
  const customer = customerOf(school, index, person);
  if (customer === undefined) return undefined;
  const cards = BANK_IDS.flatMap((bank) =>
    (['debit', 'credit'] as const).map((kind) => ({ cardNumber: cardNumberOf(bank, kind, school, index), bank, kind, customer })),
  );
  return { customer, cards };
}
