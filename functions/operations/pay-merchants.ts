import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors';
import { add, type Fen, negate, sum } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { isPayable, maskAccount, type PayoutLine, payoutFile } from '../domain/finance/payout-file';
import type { Settlement } from '../domain/finance/settlement';
import { legs } from '../domain/legs';
import type { Posting } from '../domain/posting';
import type { BalanceSheets } from '../store/balance-sheets';
import type { Merchants } from '../store/merchants';
import type { PayoutBatches, PayoutBatchRow } from '../store/payout-batches';
import type { Settlements } from '../store/settlements';
import { appendHouse, type HouseDeps } from './append-house';

export interface PayMerchantsDeps extends HouseDeps {
  readonly settlements: Pick<Settlements, 'ofDay'>;
  readonly merchants: Pick<Merchants, 'find'>;
  readonly sheets: Pick<BalanceSheets, 'find'>;
  readonly batches: PayoutBatches;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/** A batch as people see it: accounts are masked. */
export interface PayoutView {
  readonly batchNo: string;
  readonly day: string;
  readonly madeBy: string;
  readonly madeAt: number;
  readonly count: number;
  readonly totalFen: Fen;
  /** SHA-256 (hex) of the file. */
  readonly fileHash: string;
  readonly lines: readonly {
    readonly payoutNo: string;
    readonly merchant: number;
    readonly accountName: string;
    readonly maskedAccount: string;
    readonly amountFen: Fen;
    readonly feeFen: Fen;
  }[];
}

export interface PayoutReport {
  readonly batches: readonly PayoutView[];
  /** Settled, due, and not paid: the merchant's bank account is missing, or not one that a file can carry. */
  readonly unpayable: readonly { readonly merchant: number; readonly amountFen: Fen; readonly reason: 'no-account' | 'bad-account' }[];
}

/** A row of a batch stays far within an item of the table. */
const LINES_OF_A_BATCH = 500;
const TRIES = 20;

/**
 * Pays the merchants of a settled day: a batch is decided and kept, then each of its lines is entered exactly once (the merchant is owed
 * less, the bank has less, the fee is the school's income). Asked again it goes on, and makes another batch only for who was in none: a
 * merchant whose account has been added since.
 *
 * Throws AppError: `day.open` (not settled yet), `request.busy`, `school.unknown`.
 */
export async function payMerchants(
  deps: PayMerchantsDeps,
  input: { readonly schoolId: string; readonly day: string; readonly by: string },
): Promise<PayoutReport> {
  const { schoolId, day } = input;
  if ((await deps.sheets.find(schoolId, day)) === undefined) throw new AppError('day.open', { day });
  const unpayable = await decideBatches(deps, input);
  const batches = await deps.batches.ofDay(schoolId, day);
  for (const batch of batches) await enter(deps, batch);
  return { batches: batches.map(viewOf), unpayable };
}

/** Batches until everybody who can be paid is in one. */
async function decideBatches(
  deps: PayMerchantsDeps,
  { schoolId, day, by }: { readonly schoolId: string; readonly day: string; readonly by: string },
): Promise<PayoutReport['unpayable']> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const earlier = await deps.batches.ofDay(schoolId, day);
    const paid = new Set(earlier.flatMap(({ lines }) => lines.map(({ merchant }) => merchant)));
    const due = (await deps.settlements.ofDay(schoolId, day)).filter(({ merchant, payableFen }) => payableFen > 0 && !paid.has(merchant));
    const lines: PayoutLine[] = [];
    const unpayable: { merchant: number; amountFen: Fen; reason: 'no-account' | 'bad-account' }[] = [];
    for (const settlement of due) {
      const account = (await deps.merchants.find(schoolId, settlement.merchant))?.account;
      const { merchant, payableFen: amountFen } = settlement;
      if (account === undefined) unpayable.push({ merchant, amountFen, reason: 'no-account' });
      else if (!isPayable(account)) unpayable.push({ merchant, amountFen, reason: 'bad-account' });
      else lines.push(lineOf(settlement, account));
    }
    if (lines.length === 0) return unpayable;
    const sequence = (earlier.at(-1)?.sequence ?? 0) + 1;
    const batch = { schoolId, day, batchNo: `${day}-${sequence}`, sequence, madeBy: by, madeAt: deps.clock() };
    // Refused where somebody else decided one at this moment: theirs is read before the next is made.
    await deps.batches.insert({ ...batch, lines: lines.slice(0, LINES_OF_A_BATCH) });
  }
  throw new AppError('request.busy');
}

function lineOf({ merchant, day, payableFen, feeFen, carriedFeeFen }: Settlement, account: PayoutLine['account']): PayoutLine {
  return { payoutNo: `payout-${day}-${merchant}`, merchant, account, amountFen: payableFen, feeFen: add(feeFen, carriedFeeFen) };
}

async function enter(deps: PayMerchantsDeps, batch: PayoutBatchRow): Promise<void> {
  const { schoolId, day, madeAt } = batch;
  const pack = await deps.packOf(schoolId);
  for (const line of batch.lines) {
    const act = { schoolId, house: 'payouts', kind: 'merchant-payout', entryId: line.payoutNo, day } as const;
    await appendHouse(deps, { ...act, postings: postingsOf(line), occurredAt: madeAt }, pack);
  }
}

function postingsOf({ merchant, amountFen, feeFen }: PayoutLine): readonly Posting[] {
  return [
    { leg: legs.merchant(merchant), amountFen: negate(add(amountFen, feeFen)) },
    { leg: legs.bank, amountFen },
    { leg: legs.merchantFee, amountFen: feeFen },
  ].filter((posting) => posting.amountFen !== 0);
}

function viewOf(batch: PayoutBatchRow): PayoutView {
  const { batchNo, day, madeBy, madeAt, lines } = batch;
  return {
    ...{ batchNo, day, madeBy, madeAt, count: lines.length },
    totalFen: sum(lines.map(({ amountFen }) => amountFen)),
    fileHash: createHash('sha256').update(payoutFile(batch)).digest('hex'),
    lines: lines.map(({ payoutNo, merchant, account, amountFen, feeFen }) => ({
      ...{ payoutNo, merchant, amountFen, feeFen },
      accountName: account.accountName,
      maskedAccount: maskAccount(account.accountNo),
    })),
  };
}

/** The file that the bank is given (docs/payout-file.md): whole account numbers. Throws AppError `finance.unknown`. */
export async function readPayoutFile(
  deps: Pick<PayMerchantsDeps, 'batches'>,
  input: { readonly schoolId: string; readonly day: string; readonly batchNo: string },
): Promise<string> {
  const batch = (await deps.batches.ofDay(input.schoolId, input.day)).find(({ batchNo }) => batchNo === input.batchNo);
  if (batch === undefined) throw new AppError('finance.unknown');
  return payoutFile(batch);
}
