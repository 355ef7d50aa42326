import { citizenIdCheck } from '../../shared/citizen-id';
import { DOTTED_FIRST, DOTTED_LAST, GIVEN, SURNAMES } from './names';
import { SeededRandom } from './random';

/** A made-up cardholder as the school would list them. */
export interface Person {
  readonly number: string;
  readonly name: string;
  readonly kind: 'student' | 'staff' | 'temporary';
  /** Last 7 characters of an ID that nobody has. */
  readonly idTail: string;
  /** Begins with 100, which no network in China uses for mobiles. */
  readonly mobile: string;
  /** Under a top-level name that nobody can register; absent where the school lists none. */
  readonly email?: string;
  /** The school's own number of the physical card: never 12 digits, which is the form of ours. */
  readonly cardNumber: string;
}

/** How a school writes its numbers. `index` counts from 1 within year and kind. */
interface SchoolForms {
  readonly student: (year: number, index: number) => string;
  readonly staff: (index: number) => string;
  readonly card: (index: number) => string;
  /** Of a temporary card; without it, a number that begins with LS. */
  readonly temporary?: (index: number) => string;
  /** Where the school gives everybody a mailbox and lists it. */
  readonly mailbox?: (number: string) => string;
}

/** A citizen ID (ST-54) that nobody has: its area, 000000, does not exist. */
function madeUpCitizenId(index: number): string {
  const digits = `000000${1970 + (index % 30)}01${pad(1 + (index % 28), 2)}${pad(index % 1000, 3)}`;
  return digits + citizenIdCheck(digits);
}

const pad = (value: number, length: number): string => String(value).padStart(length, '0');

const FORMS: Readonly<Record<string, SchoolForms>> = {
  shanghaitech: {
    student: (year, index) => `${year}${pad(index, 6)}`,
    staff: (index) => `${pad(index, 5)}`,
    card: (index) => `6${pad(index, 7)}`,
    temporary: madeUpCitizenId,
    mailbox: (number) => `${number}@shanghaitech.example`,
  },
  sjtu: {
    student: (year, index) => `5${pad(year % 100, 2)}0${pad(index, 8)}`,
    staff: (index) => `1${pad(index, 4)}`,
    card: (index) => `7${pad(index, 6)}`,
  },
  dufl: {
    student: (year, index) => `${pad(year % 100, 2)}${pad(index, 6)}`,
    staff: (index) => `DW${pad(index, 4)}`,
    card: (index) => `8${pad(index, 9)}`,
  },
  bistu: {
    student: (year, index) => `${year}01${pad(index, 4)}`,
    staff: (index) => `${pad(2_009_0000 + index, 8)}`,
    card: (index) => `9${pad(index, 7)}`,
  },
};
const OTHER: SchoolForms = {
  student: (year, index) => `${year}${pad(index, 6)}`,
  staff: (index) => `T${pad(index, 5)}`,
  card: (index) => `5${pad(index, 7)}`,
};

/**
 * The persons every school has, first in its list; the README and the stories name them. 王小明, 李小红 and 陈小华
 * are the names of schoolbooks. 李小红's ID ends in X, so that DL-07's window moves.
 */
export const DEMO_PEOPLE = [
  { role: 'student', name: '王小明', kind: 'student', year: 2021, index: 37, idTail: '1206218', mobile: '10000000037', card: 37 },
  { role: 'studentWithX', name: '李小红', kind: 'student', year: 2022, index: 112, idTail: '031482X', mobile: '10000000112', card: 112 },
  { role: 'staff', name: '陈小华', kind: 'staff', year: 0, index: 21, idTail: '9230565', mobile: '10000000021', card: 21 },
] as const;

export type DemoRole = (typeof DEMO_PEOPLE)[number]['role'];

export function demoPerson(schoolId: string, role: DemoRole): Person {
  const forms = FORMS[schoolId] ?? OTHER;
  const demo = DEMO_PEOPLE.find((each) => each.role === role) ?? DEMO_PEOPLE[0];
  const number = demo.kind === 'staff' ? forms.staff(demo.index) : forms.student(demo.year, demo.index);
  return {
    number,
    name: demo.name,
    kind: demo.kind,
    idTail: demo.idTail,
    mobile: demo.mobile,
    ...mailboxOf(forms, demo.kind, number),
    cardNumber: forms.card(demo.card),
  };
}

/** The demo persons, then made-up ones up to `count`; the same list for the same school and seed. */
export function generatePeople(schoolId: string, count: number, seed = 'roster-1'): readonly Person[] {
  const forms = FORMS[schoolId] ?? OTHER;
  const random = new SeededRandom(`${seed}/${schoolId}`);
  const people: Person[] = DEMO_PEOPLE.map(({ role }) => demoPerson(schoolId, role));
  for (let serial = people.length + 1; people.length < count; serial += 1) {
    const kind = random.below(100) < 88 ? 'student' : random.below(4) < 3 ? 'staff' : 'temporary';
    // From 1,000 up, so that no number or card of a demo person comes again.
    const index = 1000 + serial;
    const numbers = {
      student: () => forms.student(2020 + random.below(6), index),
      staff: () => forms.staff(index),
      temporary: () => forms.temporary?.(index) ?? `LS${pad(index, 8)}`,
    };
    const number = numbers[kind]();
    people.push({
      number,
      name: generateName(random),
      kind,
      idTail: kind === 'temporary' && random.below(2) === 0 ? '' : generateIdTail(random),
      // A few have given none: an SMS cannot be their second proof.
      mobile: random.below(50) === 0 ? '' : `100${random.digits(8)}`,
      ...mailboxOf(forms, kind, number),
      cardNumber: forms.card(index),
    });
  }
  return people.slice(0, count);
}

/** Visitors have none. */
function mailboxOf({ mailbox }: SchoolForms, kind: Person['kind'], number: string): { readonly email?: string } {
  return mailbox === undefined || kind === 'temporary' ? {} : { email: mailbox(number) };
}

function generateName(random: SeededRandom): string {
  if (random.below(60) === 0) return `${random.pick(DOTTED_FIRST)}·${random.pick(DOTTED_LAST)}`;
  return `${random.pick(SURNAMES)}${random.pick(GIVEN)}${random.below(5) === 0 ? '' : random.pick(GIVEN)}`;
}

/** Last digit of the month, day, three digits of a sequence, and the check character, which is X once in eleven. */
function generateIdTail(random: SeededRandom): string {
  const check = random.below(11);
  return `${random.below(10)}${pad(1 + random.below(28), 2)}${random.digits(3)}${check === 10 ? 'X' : check}`;
}
