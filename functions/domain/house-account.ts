import { DAY_MS } from '../../shared/time';
import { emptyState } from './account-state';

/**
 * House accounts and guests have passbooks too, one per account, day and shard, so that settlements, fees and payouts are entries like
 * any other. Their numbers lie above every cardholder's (nine digits), so no code and no card can ever name one.
 */
const HOUSE_NUMBERS = {
  /** What a platform settled to our bank account. */
  clearing: 1,
  /** Payouts to merchants and suppliers. */
  payouts: 2,
  /** 挂账 and its clearing. */
  suspense: 3,
  /** 长款 / 短款 / 平账. */
  adjustments: 4,
  /** Notes collected from cash machines. */
  cash: 5,
} as const;
export type HouseAccount = keyof typeof HOUSE_NUMBERS;

const HOUSE_BASE = 1_000_000_000_000;
const GUEST_BASE = 2_000_000_000_000;
const EPOCH_DAY = Date.parse('2000-01-01T00:00:00Z');

/** 1_000_000_000_000 + house · 10⁷ + days since 2000 · 10 + shard. */
export function houseAccountNo(house: HouseAccount, day: string, shard = 0): number {
  return HOUSE_BASE + HOUSE_NUMBERS[house] * 10_000_000 + dayNumber(day) * 10 + shard;
}

/** The guests of one terminal on one day: payers whom no cardholder has linked. */
export function guestAccountNo(terminal: number, day: string): number {
  return GUEST_BASE + terminal * 1_000_000 + dayNumber(day) * 10;
}

export function isHouseAccount(accountNo: number): boolean {
  return accountNo >= HOUSE_BASE;
}

function dayNumber(day: string): number {
  return Math.round((Date.parse(`${day}T00:00:00Z`) - EPOCH_DAY) / DAY_MS);
}

/** What a house passbook stands on before its first entry. */
export function unopenedHouse(accountNo: number) {
  return { accountNo, state: { ...emptyState(), cardIssue: 0 } } as const;
}
