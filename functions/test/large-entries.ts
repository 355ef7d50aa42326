import { fen } from '../../shared/money';
import { type AccountState, emptyState } from '../domain/account-state';
import type { Entry } from '../domain/entry';

/** 999,999,999.99 yuan less one, so that no digit is a trailing zero: the most a balance is built for here. */
const MUCH = fen(99_999_999_999);
/** 9,999.99 yuan: the most that a limit or one movement is. */
const SOME = fen(999_999);
const LATE = 4_102_444_799_999;
const HASH = 'f'.repeat(64);
const PAY_OUT_NO = 'sixteen_letters0ZZZZZZZZZZZZZZZ';
const ORDER_NO = 'sixteen_letters0YYYYYYYYYYYYYYY';
const LONG_ID = `hld_${'Z'.repeat(26)}`;

/** Everything an account can carry at once, each at its longest. */
const fullState: AccountState = {
  balances: { card: MUCH, transit: MUCH, chipPending: MUCH, wallet: MUCH, purse: MUCH },
  subsidy: Array.from({ length: 3 }, () => ({ amountFen: SOME, expiresAt: LATE })),
  ownBankFen: MUCH,
  holds: Array.from({ length: 3 }, () => ({ entryId: '999999-999999999-hold', amountFen: SOME, expiresAt: LATE })),
  lostAt: LATE,
  codesFrozen: true,
  closed: true,
  walletOpen: true,
  limits: { perTransactionFen: SOME, perMealPeriodFen: SOME, perDayFen: SOME },
  spent: { day: '2026-12-31', dayFen: SOME, meal: '2026-12-31/breakfast', mealFen: SOME },
  apps: Array.from({ length: 4 }, () => ({ keyVersion: 65_535, bound: true, newestStep: 4_294_967_295, usedBitmap: 65_535 })),
  ring: {
    places: Array.from({ length: 8 }, () => ({ terminal: 999_999, sequence: 999_999_999, n: 4_294_967_295, at: LATE })),
    dropped: true,
  },
  cardIssue: 99,
  months: { month: '2026-12', first: 999_999_999, previousFirst: 999_999_999 },
  cardsIssued: 99,
  synced: true,
  group: 'temporary',
  pin: { wrong: 20, lockedUntil: LATE },
  purseSpentFen: fen(999_999_999),
  owedFen: fen(999_999_999),
};

const common = {
  form: 1,
  schoolId: 'sixteen-letters0',
  accountNo: 999_999_999,
  n: 999_999_999,
  occurredAt: LATE,
  recordedAt: LATE,
  state: fullState,
  previousHash: HASH,
} as const;

const book = { book: 'terminal/999999/2026-12-31', place: '999999999' };

/** Of each kind of entry the longest there can be. */
export const WORST_ENTRIES: Readonly<Record<string, Entry>> = {
  'a charge that claims': {
    ...common,
    kind: 'charge',
    entryId: '999999-999999999',
    requestHash: HASH,
    postings: [
      { leg: 'transit', amountFen: fen(-99_999_999_999) },
      { leg: 'card', amountFen: MUCH },
      { leg: 'card', amountFen: fen(-999_999) },
      { leg: 'merchant:99999', amountFen: SOME },
    ],
    counterparty: book,
    merchant: 99_999,
  },
  // Each lot that a sale empties is gone from the state: legs and lots together are four at most.
  'a charge that claims and spends of a subsidy': {
    ...common,
    kind: 'charge',
    entryId: '999999-999999999',
    requestHash: HASH,
    postings: [
      { leg: 'transit', amountFen: fen(-99_999_999_999) },
      { leg: 'card', amountFen: MUCH },
      { leg: `subsidy:${LATE}`, amountFen: fen(-999_999) },
      { leg: 'card', amountFen: fen(-999_999) },
      { leg: 'merchant:99999', amountFen: fen(1_999_998) },
    ],
    counterparty: book,
    merchant: 99_999,
  },
  'a charge with a surcharge and a discount that claims and spends of a subsidy': {
    ...common,
    kind: 'charge',
    entryId: '999999-999999999',
    requestHash: HASH,
    postings: [
      { leg: 'transit', amountFen: fen(-99_999_999_999) },
      { leg: 'card', amountFen: MUCH },
      { leg: `subsidy:${LATE}`, amountFen: fen(-999_999) },
      { leg: 'card', amountFen: fen(-999_999) },
      { leg: 'merchant:99999', amountFen: fen(1_999_998) },
      { leg: 'income:surcharge', amountFen: fen(99_999) },
      { leg: 'funding:meal-subsidy', amountFen: fen(-99_999) },
    ],
    counterparty: book,
    merchant: 99_999,
  },
  'the void of such a charge': {
    ...common,
    kind: 'void',
    entryId: '999999-999999999-void',
    postings: [
      { leg: 'card', amountFen: SOME },
      { leg: `subsidy:${LATE}`, amountFen: SOME },
      { leg: 'merchant:99999', amountFen: fen(-1_999_998) },
      { leg: 'income:surcharge', amountFen: fen(-99_999) },
      { leg: 'funding:meal-subsidy', amountFen: fen(99_999) },
    ],
    counterparty: { ...book, place: '999999999-void' },
    merchant: 99_999,
    reverses: '999999-999999999',
  },
  'a fence that counts a wrong password': {
    ...common,
    kind: 'fence',
    entryId: '999999-999999999',
    requestHash: HASH,
    postings: [],
    counterparty: book,
    merchant: 99_999,
    reason: 'payment.pin-wrong',
  },
  'a card put back into use': { ...common, kind: 'card-activated', entryId: '999999-999999999', requestHash: HASH, postings: [] },
  'a card that was synced': { ...common, kind: 'card-synced', entryId: 'synced', postings: [] },
  'a refund from three places': {
    ...common,
    kind: 'refund',
    entryId: PAY_OUT_NO,
    orderNo: ORDER_NO,
    postings: [
      { leg: 'transit', amountFen: fen(-999_999) },
      { leg: 'card', amountFen: fen(-999_999) },
      { leg: 'wallet', amountFen: fen(-999_999) },
      { leg: 'channel:wechat-pay', amountFen: fen(2_999_997) },
    ],
    counterparty: { book: 'channel/wechat-pay/2026-12-31/7', place: `${LATE}/${PAY_OUT_NO}` },
  },
  'a refund to three places that came back after its day was closed': {
    ...common,
    kind: 'refund-returned',
    entryId: `${PAY_OUT_NO}-back`,
    postings: [
      { leg: 'transit', amountFen: SOME },
      { leg: 'card', amountFen: SOME },
      { leg: 'wallet', amountFen: SOME },
      { leg: 'channel:wechat-pay', amountFen: fen(-2_999_997) },
    ],
    counterparty: { book: 'channel/wechat-pay/2026-12-31/7', place: `${LATE}/${PAY_OUT_NO}-back` },
    reverses: PAY_OUT_NO,
    late: true,
  },
  'a sale by the payer’s own code': {
    ...common,
    kind: 'native-charge',
    entryId: '999999-999999999',
    requestHash: HASH,
    orderNo: ORDER_NO,
    postings: [
      { leg: 'channel:wechat-pay', amountFen: fen(-999_999) },
      { leg: 'merchant:99999', amountFen: SOME },
    ],
    counterparty: book,
    merchant: 99_999,
  },
  'a sale given back by the way it was paid': {
    ...common,
    kind: 'native-refund',
    entryId: PAY_OUT_NO,
    postings: [
      { leg: 'merchant:99999', amountFen: fen(-999_999) },
      { leg: 'channel:wechat-pay', amountFen: SOME },
    ],
    counterparty: { ...book, place: `999999999-${PAY_OUT_NO}` },
    merchant: 99_999,
    reverses: '999999-999999999',
  },
  'the same, which came back': {
    ...common,
    kind: 'refund-returned',
    entryId: `${PAY_OUT_NO}-back`,
    postings: [
      { leg: 'merchant:99999', amountFen: SOME },
      { leg: 'channel:wechat-pay', amountFen: fen(-999_999) },
    ],
    counterparty: { ...book, place: `999999999-${PAY_OUT_NO}-back` },
    merchant: 99_999,
    reverses: PAY_OUT_NO,
  },
  'a refund that came back after its day was closed': {
    ...common,
    kind: 'refund-returned',
    entryId: 'sixteen_letters0ZZZZZZZZZZZZZZZ-back',
    postings: [
      { leg: 'card', amountFen: SOME },
      { leg: 'channel:wechat-pay', amountFen: fen(-999_999) },
    ],
    counterparty: { book: 'channel/wechat-pay/2026-12-31/7', place: `${LATE}/sixteen_letters0ZZZZZZZZZZZZZZZ-back` },
    reverses: 'sixteen_letters0ZZZZZZZZZZZZZZZ',
    late: true,
  },
  'a settled purse that is filled up, told of after its day was closed': {
    ...common,
    kind: 'purse-settled',
    entryId: '999999-999999999',
    requestHash: HASH,
    postings: [
      { leg: 'purse', amountFen: fen(-999_999) },
      { leg: 'merchant:99999', amountFen: SOME },
      { leg: 'card', amountFen: fen(-999_999) },
      { leg: 'purse', amountFen: SOME },
    ],
    counterparty: book,
    merchant: 99_999,
    late: true,
  },
  'a use of a purse that was returned, with less on the card than it cost': {
    ...common,
    kind: 'purse-settled',
    entryId: '999999-use-999999999',
    postings: [
      { leg: 'card', amountFen: fen(-999_999) },
      { leg: 'receivable:holders', amountFen: fen(-999_999) },
      { leg: 'merchant:99999', amountFen: fen(1_999_998) },
    ],
    counterparty: { ...book, place: 'use-999999999' },
    merchant: 99_999,
    late: true,
  },
  'a claim on its way into a chip': {
    ...common,
    kind: 'chip-intent',
    entryId: '999999-999999999',
    requestHash: HASH,
    postings: [
      { leg: 'transit', amountFen: fen(-99_999_999_999) },
      { leg: 'chipPending', amountFen: MUCH },
    ],
    counterparty: { book: 'internal/2026-12-31/7', place: `${LATE}/999999-999999999` },
    late: true,
  },
  'cash told of after its day was closed': {
    ...common,
    kind: 'top-up',
    entryId: '999999-999999999',
    orderNo: '999999-999999999',
    requestHash: HASH,
    postings: [
      { leg: 'cash:999999', amountFen: fen(-999_999) },
      { leg: 'chipPending', amountFen: SOME },
    ],
    counterparty: { book: 'channel/cash/2026-12-31/7', place: `${LATE}/999999-999999999` },
    late: true,
  },
  'a grant that joins two lots': {
    ...common,
    kind: 'subsidy-granted',
    entryId: `sub_${'f'.repeat(24)}`,
    postings: [
      { leg: 'funding:subsidy', amountFen: fen(-999_999) },
      { leg: `subsidy:${LATE}`, amountFen: SOME },
      { leg: `subsidy:${LATE - 1}`, amountFen: fen(-999_999) },
      { leg: `subsidy:${LATE - 2}`, amountFen: SOME },
    ],
    counterparty: { book: 'subsidy/2026-12-31/7', place: `${LATE}/sub_${'f'.repeat(24)}` },
  },
  'a void': {
    ...common,
    kind: 'void',
    entryId: '999999-999999999-void',
    postings: [
      { leg: 'card', amountFen: SOME },
      { leg: 'merchant:99999', amountFen: fen(-999_999) },
    ],
    counterparty: { ...book, place: '999999999-void' },
    merchant: 99_999,
    reverses: '999999-999999999',
  },
  'a fence': {
    ...common,
    kind: 'fence',
    entryId: '999999-999999999',
    requestHash: HASH,
    postings: [],
    counterparty: book,
    merchant: 99_999,
    reason: 'payment.over-transaction-limit',
  },
  'a hold': {
    ...common,
    kind: 'hold',
    entryId: '999999-999999999-hold',
    requestHash: HASH,
    postings: [],
    merchant: 99_999,
    drawFen: SOME,
  },
  'a hold that was released': {
    ...common,
    kind: 'hold-released',
    entryId: '999999-999999999',
    requestHash: HASH,
    postings: [],
    counterparty: book,
    merchant: 99_999,
    reason: 'payment.over-transaction-limit',
  },
  'an envelope of passes': {
    ...common,
    kind: 'pass-opened',
    entryId: `pas_${'Z'.repeat(26)}`,
    postings: [],
  },
  'a sale by pass that is owed in part, told of after its day was closed': {
    ...common,
    kind: 'pass-charge',
    entryId: '999999-999999999',
    requestHash: HASH,
    postings: [
      { leg: 'card', amountFen: fen(-999_999) },
      { leg: 'receivable:holders', amountFen: fen(-999_999) },
      { leg: 'merchant:99999', amountFen: fen(1_999_998) },
    ],
    counterparty: book,
    merchant: 99_999,
    late: true,
  },
  'a debt settled after its day was closed': {
    ...common,
    kind: 'receivable-cleared',
    entryId: 'cleared-999999999-999999999',
    postings: [
      { leg: 'card', amountFen: fen(-999_999_999) },
      { leg: 'receivable:holders', amountFen: fen(999_999_999) },
    ],
    counterparty: { book: 'internal/2026-12-31/7', place: `${LATE}/cleared-999999999-999999999` },
    late: true,
  },
  'a top-up': {
    ...common,
    kind: 'top-up',
    entryId: 'sixteen_letters0ZZZZZZZZZZZZZZZ',
    orderNo: 'sixteen_letters0ZZZZZZZZZZZZZZZ',
    postings: [
      { leg: 'channel:wechat-pay', amountFen: fen(-9_999_999) },
      { leg: 'transit', amountFen: fen(9_999_999) },
    ],
    counterparty: { book: 'channel/wechat-pay/2026-12-31/7', place: `${LATE}/sixteen_letters0ZZZZZZZZZZZZZZZ` },
  },
  'a top-up from a bank card with its fee, after its day was closed': {
    ...common,
    kind: 'top-up',
    entryId: 'sixteen_letters0ZZZZZZZZZZZZZZZ',
    orderNo: 'sixteen_letters0ZZZZZZZZZZZZZZZ',
    postings: [
      { leg: 'channel:bank-card', amountFen: fen(-9_999_999) },
      { leg: 'transit', amountFen: fen(9_899_999) },
      { leg: 'income:bank-fee', amountFen: fen(100_001) },
    ],
    counterparty: { book: 'channel/bank-card/2026-12-31/7', place: `${LATE}/sixteen_letters0ZZZZZZZZZZZZZZZ` },
    late: true,
  },
  'a way on to the card': {
    ...common,
    kind: 'transfer',
    entryId: 'sixteen_letters0ZZZZZZZZZZZZZZZ-card',
    postings: [
      { leg: 'wallet', amountFen: fen(-9_999_999) },
      { leg: 'transit', amountFen: fen(9_999_999) },
    ],
    counterparty: { book: 'internal/2026-12-31/7', place: `${LATE}/sixteen_letters0ZZZZZZZZZZZZZZZ-card` },
  },
  'a loss report': { ...common, kind: 'loss-reported', entryId: LONG_ID, postings: [] },
};

/** A student at lunch: money on the card, two apps, a ring in use, the limits of the pack. */
export const TYPICAL_ENTRY: Entry = {
  form: 1,
  schoolId: 'shanghaitech',
  accountNo: 20_260_417,
  n: 1_284,
  kind: 'charge',
  entryId: '107-58213',
  requestHash: 'a1'.repeat(32),
  postings: [
    { leg: 'card', amountFen: fen(-1_250) },
    { leg: 'merchant:12', amountFen: fen(1_250) },
  ],
  counterparty: { book: 'terminal/107/2026-11-21', place: '000058213' },
  merchant: 12,
  occurredAt: 1_795_234_097_123,
  recordedAt: 1_795_234_097_456,
  state: {
    ...emptyState(),
    balances: { card: fen(18_765), transit: fen(2_000), chipPending: fen(0), wallet: fen(0), purse: fen(0) },
    spent: { day: '2026-11-21', dayFen: fen(2_350), meal: '2026-11-21/lunch', mealFen: fen(1_250) },
    apps: emptyState().apps.map((app, slot) => (slot < 2 ? { keyVersion: 3, bound: true, newestStep: 179_523_409, usedBitmap: 5 } : app)),
    ring: {
      places: Array.from({ length: 8 }, (_, index) => ({
        terminal: 107,
        sequence: 58_206 + index,
        n: 1_277 + index,
        at: 1_795_234_097_456,
      })),
      dropped: true,
    },
    cardIssue: 1,
    months: { month: '2026-11', first: 1_201, previousFirst: 1_102 },
  },
  previousHash: 'b2'.repeat(32),
};
