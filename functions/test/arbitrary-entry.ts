import fc from 'fast-check';
import { entryKindSchema } from '../../shared/api/common';
import { type ErrorCode, errorTable } from '../../shared/errors';
import { type Fen, fen } from '../../shared/money';
import type { AccountState, AppSlot, Limits, Ring } from '../domain/account-state';
import type { Entry } from '../domain/entry';

/** Entries of every form the passbook can hold, for property tests. They need not follow from one another. */
const whole = (max: number, min = 0) => fc.integer({ min, max });
const money = (max = 2 ** 40): fc.Arbitrary<Fen> => fc.integer({ min: 0, max }).map(fen);
const instant = whole(4_102_444_800_000);
const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const entryId = fc.oneof(
  fc.tuple(whole(999_999, 1), whole(999_999_999, 1)).map(([terminal, sequence]) => `${terminal}-${sequence}`),
  fc.stringMatching(/^[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}$/),
);
const holdId = fc.oneof(
  entryId,
  fc.tuple(whole(999_999, 1), whole(999_999_999, 1)).map(([terminal, sequence]) => `${terminal}-${sequence}-hold`),
  whole(4_294_967_295, 1).map((n) => `pass-${n}`),
);

const app: fc.Arbitrary<AppSlot> = fc.record({
  keyVersion: whole(65_535),
  bound: fc.boolean(),
  newestStep: whole(4_294_967_295),
  usedBitmap: whole(65_535),
});

const ring: fc.Arbitrary<Ring> = fc
  .record({
    places: fc.array(fc.record({ terminal: whole(999_999, 1), sequence: whole(999_999_999, 1), n: whole(4_294_967_295, 1), at: instant }), {
      maxLength: 8,
    }),
    dropped: fc.boolean(),
  })
  // A ring that has dropped a place is a full one.
  .map(({ places, dropped }) => ({ places, dropped: dropped && places.length === 8 }));

const limits: fc.Arbitrary<Limits> = fc.record(
  { perTransactionFen: money(), perMealPeriodFen: money(), perDayFen: money() },
  { requiredKeys: [] },
);

const state: fc.Arbitrary<AccountState> = fc.record({
  balances: fc.record({ card: money(), transit: money(), chipPending: money(), wallet: money(), purse: money() }),
  subsidy: fc.array(fc.record({ amountFen: money(), expiresAt: instant }), { maxLength: 3 }),
  ownBankFen: money(),
  holds: fc.array(fc.record({ entryId: holdId, amountFen: money(), expiresAt: instant }), { maxLength: 3 }),
  lostAt: instant,
  codesFrozen: fc.boolean(),
  closed: fc.boolean(),
  walletOpen: fc.boolean(),
  limits,
  spent: fc.record({
    day: fc.constantFrom('', '2026-11-21'),
    dayFen: money(),
    meal: fc.constantFrom('', '2026-11-21/lunch', '2026-11-20/breakfast'),
    mealFen: money(),
  }),
  // Nothing is packed where no app was ever bound.
  apps: fc.oneof(
    fc.array(app, { minLength: 4, maxLength: 4 }).filter((apps) => apps.some(({ keyVersion }) => keyVersion > 0)),
    fc.constant(Array.from({ length: 4 }, () => ({ keyVersion: 0, bound: false, newestStep: 0, usedBitmap: 0 }))),
  ),
  ring,
  cardIssue: whole(99),
  months: fc.record({ month: fc.constantFrom('2026-11', '2027-01'), first: whole(1e6, 1), previousFirst: whole(1e6) }),
});

/** What is absent where it says nothing. */
const laterState: fc.Arbitrary<Partial<AccountState>> = fc.record(
  {
    cardsIssued: whole(99, 1),
    synced: fc.constant(true as const),
    group: fc.constantFrom('staff' as const, 'temporary' as const),
    pin: fc.record({ wrong: whole(20, 1), lockedUntil: instant }),
    purseSpentFen: money().filter((value) => value > 0),
    owedFen: money().filter((value) => value > 0),
  },
  { requiredKeys: [] },
);

const codes = Object.keys(errorTable).filter((code): code is ErrorCode => code in errorTable);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const place = fc.stringMatching(/^[0-9a-zA-Z/-]{1,40}$/);

export const arbitraryEntry: fc.Arbitrary<Entry> = fc
  .record({
    schoolId: fc.stringMatching(/^[a-z][a-z0-9-]{1,15}$/),
    accountNo: whole(999_999_999, 1),
    n: whole(1e9, 1),
    kind: fc.constantFrom(...entryKindSchema.options),
    entryId,
    requestHash: optional(hash),
    postings: fc.array(
      fc.record({
        leg: fc.constantFrom('card', 'transit', 'wallet', 'merchant:12', 'channel:alipay'),
        amountFen: fc.integer({ min: -1e12, max: 1e12 }).map(fen),
      }),
      { maxLength: 4 },
    ),
    counterparty: optional(fc.record({ book: place, place })),
    merchant: optional(whole(99_999, 1)),
    orderNo: optional(fc.stringMatching(/^[a-z]{4}[0-9A-Z]{15}$/)),
    reverses: optional(entryId),
    reason: optional(fc.constantFrom(...codes)),
    drawFen: optional(money()),
    occurredAt: instant,
    recordedAt: instant,
    state: fc.tuple(state, laterState).map(([first, later]) => ({ ...first, ...later })),
    previousHash: optional(hash),
  })
  .map(({ requestHash, counterparty, merchant, orderNo, reverses, reason, drawFen, previousHash, ...entry }) => ({
    ...entry,
    form: 1 as const,
    ...(requestHash === undefined ? {} : { requestHash }),
    ...(counterparty === undefined ? {} : { counterparty }),
    ...(merchant === undefined ? {} : { merchant }),
    // Every top-up has its order, and is named by it.
    ...(entry.kind === 'top-up' ? { orderNo: entry.entryId } : orderNo === undefined ? {} : { orderNo }),
    ...(reverses === undefined ? {} : { reverses }),
    ...(reason === undefined ? {} : { reason }),
    // Nobody asks a bank for nothing.
    ...(drawFen === undefined || drawFen === 0 ? {} : { drawFen }),
    ...(previousHash === undefined ? {} : { previousHash }),
  }));
