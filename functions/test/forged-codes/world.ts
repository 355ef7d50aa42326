import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import type { CodeKind } from '../../../shared/code-format';
import { fen } from '../../../shared/money';
import { type RulePack, rulePackSchema } from '../../../shared/rule-pack';
import { openedDraft } from '../../domain/account-changes';
import type { AccountState, AppSlot } from '../../domain/account-state';
import { type Entry, firstEntry } from '../../domain/entry';
import { SeenHandles } from '../../domain/handles';
import { deriveSchoolKeys, type SchoolKeys } from '../../domain/school-keys';
import type { Chance } from '../simulation/chance';
import { MONDAY, type ReferenceCode, referenceCode, referenceHandle, STEP_MS, weekOf } from './reference-code';

export const SCHOOL = 'dufl';
const MASTER_KEY = new Uint8Array(32).fill(7);
const ACCOUNTS = 600;
const HOUR_MS = 3_600_000;

/** A phone that shows codes, or one that did. */
export interface Phone {
  readonly handle: string;
  readonly slot: number;
  readonly keyVersion: number;
  readonly bound: boolean;
  readonly used: ReadonlySet<number>;
  /** False where the account is closed or its codes are frozen. */
  readonly pays: boolean;
  readonly walletOpen: boolean;
}

export interface CodeWorld {
  readonly pack: RulePack;
  readonly keys: SchoolKeys;
  readonly otherSchool: SchoolKeys;
  readonly now: number;
  readonly heads: ReadonlyMap<number, Entry>;
  readonly phones: readonly Phone[];
  readonly handles: readonly string[];
  /** Handles that name an account nobody has. */
  readonly strangers: readonly string[];
  /** Every code that pays at `now`, and no other. */
  readonly genuine: readonly string[];
  readonly isGenuine: (text: string) => boolean;
  readonly code: (phone: Phone, step: number, kind: CodeKind, more?: Partial<ReferenceCode>) => string;
  readonly presentStep: number;
}

/** Steps whose start lies in (now − 60 s, now + 30 s]: nine of them. */
export function goodSteps(now: number): readonly number[] {
  const last = Math.floor((now + 30_000) / STEP_MS);
  return Array.from({ length: 9 }, (_, back) => last - back);
}

/** A school of 600 holders at noon of a Saturday, or with the week's end inside the window of its codes. */
export function openWorld(chance: Chance, packsFolder: string, atWeekEnd: boolean): CodeWorld {
  const now = atWeekEnd ? MONDAY + chance.between(-25_000, 55_000) : MONDAY - 36 * HOUR_MS + chance.below(10_000);
  const keys = deriveSchoolKeys(MASTER_KEY, SCHOOL, new SeenHandles(10_000));
  const heads = new Map<number, Entry>();
  const phones: Phone[] = [];
  while (heads.size < ACCOUNTS) {
    const accountNo = chance.between(1, 999_999_999);
    const holder = { handle: referenceHandle(keys.handle, accountNo), pays: !chance.is(0.05), walletOpen: chance.is(0.7) };
    const own = Array.from({ length: 4 }, (_, slot): Phone => {
      const used = new Set(goodSteps(now).filter(() => chance.is(0.2)));
      return { ...holder, slot, keyVersion: chance.below(6), bound: chance.is(0.6), used };
    });
    phones.push(...own);
    heads.set(accountNo, headOf(accountNo, now, own, chance));
  }
  const code: CodeWorld['code'] = ({ handle, slot, keyVersion }, step, kind, more) =>
    referenceCode({ codeKey: keys.code, schoolId: SCHOOL, week: weekOf(step), handle, slot, keyVersion, step, kind, ...more });
  const genuine = phones.filter(({ bound, pays }) => bound && pays).flatMap((phone) => genuineOf(phone, now, code));
  const set = new Set(genuine);
  return {
    ...{ pack: packOf(packsFolder), keys, otherSchool: deriveSchoolKeys(MASTER_KEY, 'sjtu'), now, heads, phones, genuine, code },
    handles: [...new Set(phones.map(({ handle }) => handle))],
    strangers: Array.from({ length: ACCOUNTS }, () => referenceHandle(keys.handle, freeNumber(heads, chance))),
    isGenuine: (text) => set.has(text),
    presentStep: Math.floor(now / STEP_MS),
  };
}

function genuineOf(phone: Phone, now: number, code: CodeWorld['code']): readonly string[] {
  const kinds: readonly CodeKind[] = phone.walletOpen ? ['card', 'wallet'] : ['card'];
  const fresh = goodSteps(now).filter((step) => !phone.used.has(step));
  return fresh.flatMap((step) => kinds.map((kind) => code(phone, step, kind)));
}

function headOf(accountNo: number, now: number, phones: readonly Phone[], chance: Chance): Entry {
  const recordedAt = now - HOUR_MS;
  const draft = openedDraft({ occurredAt: recordedAt, cardIssue: 1 });
  const entry = firstEntry({ schoolId: SCHOOL, accountNo, draft, recordedAt, utcOffsetMinutes: 480 });
  const [first] = phones;
  const isOut = first?.pays === false;
  const isClosed = isOut && chance.is(0.5);
  const state: AccountState = {
    ...entry.state,
    balances: { ...entry.state.balances, card: fen(1_000_000), wallet: fen(1_000_000) },
    apps: phones.map(slotOf),
    closed: isClosed,
    codesFrozen: isOut && !isClosed,
    walletOpen: first?.walletOpen === true,
    synced: true,
  };
  return { ...entry, state };
}

function slotOf({ keyVersion, bound, used }: Phone): AppSlot {
  const newestStep = Math.max(0, ...used);
  const usedBitmap = [...used].reduce((bits, step) => bits | (1 << (newestStep - step)), 0);
  return { keyVersion, bound, newestStep, usedBitmap };
}

function freeNumber(taken: ReadonlyMap<number, Entry>, chance: Chance): number {
  for (;;) {
    const accountNo = chance.between(1, 999_999_999);
    if (!taken.has(accountNo)) return accountNo;
  }
}

/** The school's own pack, and no limit that would refuse what the code allows. */
function packOf(folder: string): RulePack {
  const pack = v.parse(rulePackSchema, JSON.parse(readFileSync(path.join(folder, `${SCHOOL}.json`), 'utf8')));
  const funding = (['card', 'wallet'] as const).map((source) => ({ source, label: { zh: source, en: source } }));
  return { ...pack, codes: { ...pack.codes, enabled: true, funding }, limits: { mealPeriods: [] } };
}
