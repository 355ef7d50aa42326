import { lookup } from '../lib/lookup';
import { generatePeople, type Person } from '../roster/people';
import type { UtilityAccount, UtilityKind, UtilityState } from './state';

/** Network accounts are student and staff numbers; electricity is paid per dormitory room, "3-412" in building 3. */
const SCHOOLS = ['sjtu', 'shanghaitech', 'dufl', 'bistu'];
const ROOM = /^(\d{1,2})-([1-6])(0[1-9]|1\d|20)$/;
const BUILDINGS = 12;
const PEOPLE = 2_000;

export interface AccountFacts {
  readonly maskedOwner: string;
  readonly maskedPlace: string | undefined;
}

const people = new Map<string, ReadonlyMap<string, Person>>();

function personOf(school: string, number: string): Person | undefined {
  let known = people.get(school);
  if (known === undefined) {
    known = new Map(generatePeople(school, PEOPLE).map((person) => [person.number, person]));
    people.set(school, known);
  }
  return known.get(number);
}

/** What the supplier tells about an account; undefined where there is none. */
export function accountFacts(school: string, kind: UtilityKind, account: string): AccountFacts | undefined {
  if (!SCHOOLS.includes(school)) return undefined;
  if (kind === 'network') {
    const person = personOf(school, account);
    return person && { maskedOwner: `${person.name.slice(0, 1)}*`, maskedPlace: undefined };
  }
  const [, building, floor] = ROOM.exec(account) ?? [];
  if (building === undefined || Number(building) < 1 || Number(building) > BUILDINGS) return undefined;
  return { maskedOwner: '学生宿舍*', maskedPlace: `${Number(building)} 号楼 ${floor}**` };
}

export function accountKey(school: string, kind: UtilityKind, account: string): string {
  return `${school}/${kind}/${account}`;
}

/** 12.50 of network fee left, 3.20 of electricity owed: both signs are seen without doing anything. */
export function accountRecord(state: UtilityState, key: string): UtilityAccount {
  const record = lookup(state.accounts, key);
  if (record !== undefined) return record;
  const fresh = { balanceFen: key.includes('/electricity/') ? -320 : 1_250, closed: false };
  state.accounts[key] = fresh;
  return fresh;
}
