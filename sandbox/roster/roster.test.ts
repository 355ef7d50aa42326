import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { readCardNumber } from '../../functions/domain/card-number';
import { initialPasswords } from '../../functions/domain/initial-password';
import { readRoster } from '../../functions/domain/roster-csv';
import { rulePackSchema } from '../../shared/rule-pack';
import { rosterFile } from './csv';
import { demoPerson, generatePeople } from './people';

const SCHOOLS = ['sjtu', 'shanghaitech', 'dufl', 'bistu'];

describe.each(SCHOOLS)('the generated roster of %s', (schoolId) => {
  const roster = readRoster(rosterFile(schoolId));

  it('is read whole: 2,000 cardholders, no fault', () => {
    expect(roster.errors).toEqual([]);
    expect(roster.rows).toHaveLength(2000);
    expect(roster.encoding).toBe(schoolId === 'bistu' ? 'gbk' : 'utf-8');
    const people = generatePeople(schoolId, 2000);
    expect(roster.rows.map(({ line, ...row }) => row)).toEqual(people);
  });

  it('is the same each time, another with another seed, and its beginning does not depend on its length', () => {
    expect(rosterFile(schoolId).equals(rosterFile(schoolId))).toBe(true);
    expect(rosterFile(schoolId, 50, 'other').equals(rosterFile(schoolId, 50))).toBe(false);
    expect(generatePeople(schoolId, 100)).toEqual(generatePeople(schoolId, 300).slice(0, 100));
  });

  it('holds all kinds, no two alike, and nothing a real person could own', () => {
    expect(new Set(roster.rows.map(({ kind }) => kind))).toEqual(new Set(['student', 'staff', 'temporary']));
    expect(new Set(roster.rows.map(({ number }) => number)).size).toBe(2000);
    expect(new Set(roster.rows.map(({ cardNumber }) => cardNumber)).size).toBe(2000);
    for (const row of roster.rows) {
      expect(row.mobile).toMatch(/^(100\d{8})?$/);
      expect(readCardNumber(row.cardNumber)).toBeUndefined();
    }
    expect(roster.rows.filter(({ idTail }) => idTail.endsWith('X')).length).toBeGreaterThan(100);
  });

  it('lets each demo person sign in with an initial password', () => {
    const pack = v.parse(rulePackSchema, JSON.parse(readFileSync(join(__dirname, `../../packs/${schoolId}.json`), 'utf8')));
    for (const role of ['student', 'studentWithX', 'staff'] as const) {
      expect(initialPasswords(pack.signIn.initialPassword, demoPerson(schoolId, role).idTail).length).toBeGreaterThan(0);
    }
  });
});

describe('the demo persons', () => {
  it('have the numbers that the README names', () => {
    expect(SCHOOLS.map((schoolId) => demoPerson(schoolId, 'student').number)).toEqual([
      '521000000037',
      '2021000037',
      '21000037',
      '2021010037',
    ]);
    expect(SCHOOLS.map((schoolId) => demoPerson(schoolId, 'student').name)).toEqual(Array(4).fill('王小明'));
  });

  it('differ from school to school in nothing but their numbers', () => {
    expect(demoPerson('dufl', 'studentWithX')).toMatchObject({ name: '李小红', idTail: '031482X', number: '22000112' });
  });
});

describe('sandbox/roster/README.md', () => {
  it('names the demo persons as they are', () => {
    const text = readFileSync(join(__dirname, 'README.md'), 'utf8').replace(/ +/g, ' ');
    for (const schoolId of SCHOOLS) {
      const people = (['student', 'studentWithX', 'staff'] as const).map((role) => demoPerson(schoolId, role));
      const row = text.split('\n').find((line) => line.startsWith(`| \`${schoolId}\``));
      for (const { number, cardNumber, idTail, mobile } of people) {
        expect(row).toContain(` ${number} / ${cardNumber} `);
        expect(text).toContain(` ${idTail} |`);
        expect(text).toContain(` ${mobile} |`);
        expect(text).toContain(` ${initialPasswords([{ kind: 'id-tail-digits' }], idTail)[0]} (`);
      }
    }
  });
});
