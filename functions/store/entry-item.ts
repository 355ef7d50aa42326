import * as v from 'valibot';
import { entryKindSchema } from '../../shared/api/common';
import type { ErrorCode } from '../../shared/errors';
import { type Fen, fen, ZERO } from '../../shared/money';
import { type AccountState, BALANCES, type BalanceName, type Balances, type Hold, type HolderGroup } from '../domain/account-state';
import type { Entry } from '../domain/entry';
import { legs } from '../domain/legs';
import { isSubsidy, subsidyLeg } from '../domain/posting';
import { packApps, packHolds, packRing, unpackApps, unpackHolds, unpackRing } from './packed-state';
import type { Item, Value } from './table';

/**
 * An entry as it lies in the table: readable words, numbers as numbers, hashes and the three packed fields as binary,
 * no zeros and nothing empty. The worst entry a test can build stays within 1,024 bytes, one write unit.
 */
export function passbookKey(schoolId: string, accountNo: number): string {
  return `${schoolId}#${accountNo}`;
}

export function toItem(entry: Entry): Item {
  const { state } = entry;
  return compact({
    pk: passbookKey(entry.schoolId, entry.accountNo),
    n: entry.n,
    form: entry.form,
    kind: entry.kind,
    id: entry.entryId,
    request: entry.requestHash === undefined ? undefined : bytes(entry.requestHash),
    legs: entry.postings.map((posting) => [shortLeg(posting.leg), posting.amountFen]),
    bookPk: entry.counterparty && `${entry.schoolId}/${entry.counterparty.book}`,
    bookSk: entry.counterparty?.place,
    merchant: entry.merchant,
    order: entry.orderNo === entry.entryId ? undefined : entry.orderNo,
    reverses: entry.reverses === reversedBy(entry.entryId) ? undefined : entry.reverses,
    reason: entry.reason,
    draw: entry.drawFen,
    late: entry.late,
    occurredAt: entry.occurredAt,
    recordedAt: entry.recordedAt,
    previous: entry.previousHash === undefined ? undefined : bytes(entry.previousHash),
    ...stateItem(state),
  });
}

function stateItem(state: AccountState): Record<string, Value | undefined> {
  return {
    balances: compact(state.balances),
    subsidy: state.subsidy.map((lot) => [lot.amountFen, lot.expiresAt]),
    ownBankFen: state.ownBankFen,
    holds: packHolds(state.holds),
    lostAt: state.lostAt,
    flags: FLAGS.map(([letter, name]) => (state[name] ? letter : '')).join('') + groupLetter(state.group),
    // A limit of 0 says something: nothing may be spent.
    limits: limitsItem(state.limits),
    spent: compact({ ...state.spent, meal: shortMeal(state.spent) }),
    apps: packApps(state.apps),
    ring: packRing(state.ring),
    cardIssue: state.cardIssue,
    months: [state.months.month, state.months.first, state.months.previousFirst],
    issued: state.cardsIssued,
    pin: state.pin && [state.pin.wrong, state.pin.lockedUntil],
    purseSpent: state.purseSpentFen,
    owed: state.owedFen,
  };
}

const BACK = '-back';

/** What an entry that gives a pay-out back reverses is told by its own id, and not stored a second time. */
export function reversedBy(entryId: string): string | undefined {
  return entryId.endsWith(BACK) ? entryId.slice(0, -BACK.length) : undefined;
}

/** "s:mxyz…", the lot's expiry to the base of 36: three lots may be spent in one charge. What the school adds to a price or bears of it: a sign. */
function shortLeg(leg: string): string {
  if (leg === legs.surcharge) return '+';
  if (leg === legs.mealSubsidy) return '-';
  return isSubsidy(leg) ? `s:${Number(leg.slice('subsidy:'.length)).toString(36)}` : leg;
}

export function wholeLeg(leg: string): string {
  if (leg === '+') return legs.surcharge;
  if (leg === '-') return legs.mealSubsidy;
  return leg.startsWith('s:') ? subsidyLeg(Number.parseInt(leg.slice(2), 36)) : leg;
}

/** One letter for each that is true: as words they would be most of what a usual entry has to spare. */
const FLAGS = [
  ['f', 'codesFrozen'],
  ['c', 'closed'],
  ['w', 'walletOpen'],
  ['y', 'synced'],
] as const;

const GROUP_LETTERS = { staff: 's', temporary: 't' } as const;

function groupLetter(group: HolderGroup | undefined): string {
  return group === undefined ? '' : GROUP_LETTERS[group];
}

function groupOf(flags: string): HolderGroup | undefined {
  return (['staff', 'temporary'] as const).find((group) => flags.endsWith(GROUP_LETTERS[group]));
}

function limitsItem({ perTransactionFen, perMealPeriodFen, perDayFen }: AccountState['limits']): Item {
  const limits: Record<string, Value> = {};
  if (perTransactionFen !== undefined) limits.once = perTransactionFen;
  if (perMealPeriodFen !== undefined) limits.meal = perMealPeriodFen;
  if (perDayFen !== undefined) limits.day = perDayFen;
  return limits;
}

/** "/lunch" where the meal belongs to the day beside it, which is nearly always. */
function shortMeal({ day, meal }: AccountState['spent']): string {
  return meal.startsWith(`${day}/`) ? meal.slice(day.length) : meal;
}

/** Leaves out what says nothing: undefined, 0, false, "", empty lists, maps and bytes. */
function compact(values: Record<string, Value | undefined>): Item {
  const kept: Record<string, Value> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === 0 || value === false || value === '') continue;
    if (typeof value === 'object' && value !== null && sizeOf(value) === 0) continue;
    kept[name] = value;
  }
  return kept;
}

function sizeOf(value: object): number {
  return value instanceof Uint8Array ? value.length : Object.keys(value).length;
}

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const binarySchema = v.instance(Uint8Array);
const hexSchema = v.pipe(
  binarySchema,
  v.transform((value) => Buffer.from(value).toString('hex')),
);
/** A reason was one of our codes when it was written; the whole table would be most of what the payment function carries. */
export const errorCodeSchema = v.custom<ErrorCode>((value) => typeof value === 'string' && /^[a-z-]+\.[a-z-]+$/.test(value));

const balancesSchema = v.pipe(
  v.optional(
    v.partial(v.strictObject({ card: fenSchema, transit: fenSchema, chipPending: fenSchema, wallet: fenSchema, purse: fenSchema })),
    {},
  ),
  v.transform((found): Balances => {
    const balances: Record<BalanceName, Fen> = { card: ZERO, transit: ZERO, chipPending: ZERO, wallet: ZERO, purse: ZERO };
    for (const name of BALANCES) balances[name] = found[name] ?? ZERO;
    return balances;
  }),
);

/** Packed; a list in items that were written before it was. */
const holdsSchema = v.pipe(
  v.optional(v.union([binarySchema, v.array(v.tuple([v.string(), fenSchema, v.number()]))]), []),
  v.transform((found): readonly Hold[] =>
    found instanceof Uint8Array ? unpackHolds(found) : found.map(([entryId, amountFen, expiresAt]) => ({ entryId, amountFen, expiresAt })),
  ),
);

const itemSchema = v.object({
  pk: v.string(),
  n: v.number(),
  form: v.literal(1),
  kind: entryKindSchema,
  id: v.string(),
  request: v.optional(hexSchema),
  legs: v.optional(v.array(v.tuple([v.string(), fenSchema])), []),
  bookPk: v.optional(v.string()),
  bookSk: v.optional(v.string(), ''),
  merchant: v.optional(v.number()),
  order: v.optional(v.string()),
  reverses: v.optional(v.string()),
  reason: v.optional(errorCodeSchema),
  draw: v.optional(fenSchema),
  late: v.optional(v.literal(true)),
  occurredAt: v.optional(v.number(), 0),
  recordedAt: v.optional(v.number(), 0),
  previous: v.optional(hexSchema),
  balances: balancesSchema,
  subsidy: v.optional(v.array(v.tuple([fenSchema, v.number()])), []),
  ownBankFen: v.optional(fenSchema, 0),
  holds: holdsSchema,
  lostAt: v.optional(v.number(), 0),
  flags: v.optional(v.pipe(v.string(), v.regex(/^f?c?w?y?[st]?$/)), ''),
  limits: v.optional(
    v.strictObject({ once: v.exactOptional(fenSchema), meal: v.exactOptional(fenSchema), day: v.exactOptional(fenSchema) }),
    {},
  ),
  spent: v.optional(
    v.strictObject({
      day: v.optional(v.string(), ''),
      dayFen: v.optional(fenSchema, 0),
      meal: v.optional(v.string(), ''),
      mealFen: v.optional(fenSchema, 0),
    }),
    {},
  ),
  apps: v.optional(binarySchema, new Uint8Array()),
  ring: v.optional(binarySchema, new Uint8Array()),
  cardIssue: v.optional(v.number(), 0),
  months: v.tuple([v.string(), v.number(), v.number()]),
  issued: v.optional(v.number()),
  pin: v.optional(v.tuple([v.number(), v.number()])),
  purseSpent: v.optional(fenSchema),
  owed: v.optional(fenSchema),
});

function laterState(found: v.InferOutput<typeof itemSchema>): Partial<AccountState> {
  const { flags, issued, pin, purseSpent, owed } = found;
  const group = groupOf(flags);
  return {
    ...(flags.includes('y') ? { synced: true } : {}),
    ...(group === undefined ? {} : { group }),
    ...(issued === undefined ? {} : { cardsIssued: issued }),
    ...(pin === undefined ? {} : { pin: { wrong: pin[0], lockedUntil: pin[1] } }),
    ...(purseSpent === undefined ? {} : { purseSpentFen: purseSpent }),
    ...(owed === undefined ? {} : { owedFen: owed }),
  };
}

function limitsOf({ once, meal, day }: v.InferOutput<typeof itemSchema>['limits']): AccountState['limits'] {
  return {
    ...(once === undefined ? {} : { perTransactionFen: once }),
    ...(meal === undefined ? {} : { perMealPeriodFen: meal }),
    ...(day === undefined ? {} : { perDayFen: day }),
  };
}

/** Throws a ValiError on an item that is not an entry: a stored item is parsed like anything from outside. */
export function fromItem(item: Item): Entry {
  const found = v.parse(itemSchema, item);
  const hash = found.pk.lastIndexOf('#');
  const schoolId = found.pk.slice(0, hash);
  const orderNo = found.order ?? (found.kind === 'top-up' ? found.id : undefined);
  const reverses = found.reverses ?? reversedBy(found.id);
  return {
    form: found.form,
    schoolId,
    accountNo: Number(found.pk.slice(hash + 1)),
    n: found.n,
    kind: found.kind,
    entryId: found.id,
    ...(found.request === undefined ? {} : { requestHash: found.request }),
    postings: found.legs.map(([leg, amountFen]) => ({ leg: wholeLeg(leg), amountFen })),
    ...(found.bookPk === undefined ? {} : { counterparty: { book: found.bookPk.slice(schoolId.length + 1), place: found.bookSk } }),
    ...(found.merchant === undefined ? {} : { merchant: found.merchant }),
    ...(orderNo === undefined ? {} : { orderNo }),
    ...(reverses === undefined ? {} : { reverses }),
    ...(found.reason === undefined ? {} : { reason: found.reason }),
    ...(found.draw === undefined ? {} : { drawFen: found.draw }),
    ...(found.late === undefined ? {} : { late: found.late }),
    occurredAt: found.occurredAt,
    recordedAt: found.recordedAt,
    state: {
      balances: found.balances,
      subsidy: found.subsidy.map(([amountFen, expiresAt]) => ({ amountFen, expiresAt })),
      ownBankFen: found.ownBankFen,
      holds: found.holds,
      lostAt: found.lostAt,
      codesFrozen: found.flags.includes('f'),
      closed: found.flags.includes('c'),
      walletOpen: found.flags.includes('w'),
      limits: limitsOf(found.limits),
      spent: { ...found.spent, meal: found.spent.meal.startsWith('/') ? `${found.spent.day}${found.spent.meal}` : found.spent.meal },
      apps: unpackApps(found.apps),
      ring: unpackRing(found.ring),
      cardIssue: found.cardIssue,
      months: { month: found.months[0], first: found.months[1], previousFirst: found.months[2] },
      ...laterState(found),
    },
    ...(found.previous === undefined ? {} : { previousHash: found.previous }),
  };
}
