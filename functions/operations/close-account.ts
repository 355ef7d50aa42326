import { AppError, isAppError } from '../../shared/errors';
import { add, type Fen, sum, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { claimDraft } from '../domain/account-changes';
import { type CloseOut, closedDraft, freezeDraft, heldOnAccount, isFrozen, subsidyReturnDraft } from '../domain/close-out';
import { openHolds } from '../domain/hold';
import { isHouseAccount } from '../domain/house-account';
import { planRefund, type Remainder } from '../domain/refund-plan';
import type { CardCharges } from '../store/card-charges';
import type { CloseOuts } from '../store/close-outs';
import type { Purses } from '../store/purses';
import { changeAccount } from './append-loop';
import { chargeCardFee } from './charge-card-fee';
import { clearReceivable } from './clear-receivable';
import { type RefundDeps, refund } from './refund';
import { refundFacts } from './refund-facts';
import { returnPurse } from './return-purse';

export interface CloseOutDeps extends RefundDeps {
  readonly closeOuts: CloseOuts;
  readonly cardCharges: CardCharges;
  readonly purses: Purses;
}

export interface CloseOutWish {
  readonly schoolId: string;
  readonly accountNo: number;
  /** The member of staff. */
  readonly by: string;
  /** What the holder was told remains, and agreed to leave there. The account is closed only while exactly this remains. */
  readonly acknowledgedFen?: Fen | undefined;
}

/** 20 lots each: nobody has so many. */
const MAX_ROUNDS = 50;
const SAVE_TRIES = 20;

/**
 * Graduation: card and codes stop, what waits is claimed, the purse and a deposit come back, what is owed is settled, subsidies return to the
 * school, and everything else goes to whoever paid it, newest first, what the own bank card brought to the bank card. The account is closed when
 * nothing is owed, and nothing is left or what is left has been named and acknowledged; it stays there and is nobody's gain. A repeat goes on where
 * the last one stopped; on a closed account it sends
 * what came back again.
 *
 * Throws AppError: `account.unknown`, `school.unknown`, `request.busy`.
 */
export async function closeAccount(deps: CloseOutDeps, wish: CloseOutWish): Promise<CloseOut> {
  const { schoolId, accountNo, by } = wish;
  const pack = await deps.packOf(schoolId);
  // A house passbook is nobody's to close.
  const isHolders = !isHouseAccount(accountNo) && (await deps.passbook.head(schoolId, accountNo)) !== undefined;
  if (!isHolders) throw new AppError('account.unknown');
  const now = deps.clock();
  const sums = { round: 1, refundIds: [], depositFen: ZERO, subsidyFen: ZERO, remainder: [] };
  const begun = await deps.closeOuts.insert({ schoolId, accountNo, state: 'running', since: now, startedAt: now, by, ...sums, version: 1 });
  await freeze(deps, begun, pack);
  await claimAll(deps, begun, pack);
  // After the freeze: nothing is loaded into it any more. What its chip has used and nobody has told is owed then.
  await returnPurse(deps, begun, pack, true);
  const depositFen = await returnDeposits(deps, begun);
  await settleDebt(deps, begun);
  await returnSubsidies(deps, begun, pack);
  const refunded = await refundAll(deps, await update(deps, begun, (row) => ({ ...row, depositFen })));
  return finish(deps, refunded, wish, pack);
}

/** Every step's entry has a name of its round, so that an earlier try of it is known again. */
const stepId = ({ accountNo, round }: CloseOut, step: string): string => `close-${accountNo}-${round}-${step}`;

async function freeze(deps: CloseOutDeps, row: CloseOut, { utcOffsetMinutes }: RulePack): Promise<void> {
  await changeAccount<undefined, undefined>(deps, {
    account: row,
    utcOffsetMinutes,
    gather: async () => undefined,
    decide: (head, recordedAt) =>
      isFrozen(head.state) || head.state.closed
        ? { answer: undefined }
        : { write: freezeDraft(head, { entryId: stepId(row, 'freeze'), recordedAt }), answer: () => undefined },
  });
}

async function claimAll(deps: CloseOutDeps, row: CloseOut, pack: RulePack): Promise<void> {
  await changeAccount<undefined, undefined>(deps, {
    account: row,
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: async () => undefined,
    decide(head, recordedAt) {
      const write = claimDraft(head, { entryId: stepId(row, 'claim'), occurredAt: recordedAt, recordedAt }, pack);
      return write === undefined ? { answer: undefined } : { write, answer: () => undefined };
    },
  });
}

/** Of every card the holder has had. Answers what has come back of all of them. */
async function returnDeposits(deps: CloseOutDeps, row: CloseOut): Promise<Fen> {
  const { schoolId, accountNo } = row;
  const head = await deps.passbook.head(schoolId, accountNo);
  const returned: Fen[] = [];
  for (let issue = 1; issue <= (head?.state.cardIssue ?? 0); issue += 1) {
    const card = { schoolId, accountNo, issue };
    if ((await deps.cardCharges.find({ ...card, what: 'deposit' })) === undefined) continue;
    returned.push((await chargeCardFee(deps, { ...card, what: 'deposit-returned' })).amountFen);
  }
  return sum(returned);
}

/** As far as the card has it; what is left keeps the account open. */
async function settleDebt(deps: CloseOutDeps, row: CloseOut): Promise<void> {
  try {
    await clearReceivable(deps, row);
  } catch (error) {
    if (!isAppError(error, 'receivable.nothing') && !isAppError(error, 'payment.insufficient-balance')) throw error;
  }
}

/** Entry and the row's sum in one transaction, so that what the holder is told of it is what happened. */
async function returnSubsidies(deps: CloseOutDeps, begun: CloseOut, pack: RulePack): Promise<void> {
  await changeAccount<CloseOut, undefined>(deps, {
    account: begun,
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: () => mustFind(deps, begun),
    decide(head, recordedAt, row) {
      const write = subsidyReturnDraft(head, { entryId: stepId(begun, 'subsidy'), recordedAt }, pack);
      if (write === undefined) return { answer: undefined };
      const subsidyFen = add(row.subsidyFen, sum(head.state.subsidy.map((lot) => lot.amountFen)));
      const rows = [deps.closeOuts.replacement({ ...row, subsidyFen, version: row.version + 1 })];
      return { write, rows, answer: () => undefined };
    },
  });
}

/** Round after round until nothing more can go. The number of a round is written before its refund is asked for, so a repeat is the same refund. */
async function refundAll(deps: CloseOutDeps, begun: CloseOut): Promise<CloseOut> {
  const { schoolId, accountNo } = begun;
  let row = begun;
  for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
    const { round } = row;
    const wish = { amountFen: 'all', whose: 'everyone', askedBy: 'close-out', reason: '校园卡销户退款' } as const;
    const done = await refund(deps, { schoolId, accountNo, requestId: `close-out:${round}`, ...wish }).catch(nothingMore);
    if (done === undefined) return row;
    const { refundId } = done.refund;
    row = await update(deps, row, (read) => ({
      ...read,
      round: Math.max(read.round, round + 1),
      refundIds: read.refundIds.includes(refundId) ? read.refundIds : [...read.refundIds, refundId],
    }));
  }
  return row;
}

function nothingMore(error: unknown): undefined {
  if (isAppError(error, 'refund.nothing-left') || isAppError(error, 'refund.too-old')) return undefined;
  throw error;
}

/** The closing entry and the row that says so, in one transaction; or the row alone, with what remains. */
async function finish(deps: CloseOutDeps, begun: CloseOut, wish: CloseOutWish, pack: RulePack): Promise<CloseOut> {
  const { acknowledgedFen, by } = wish;
  const facts = await refundFacts(deps, begun);
  const said = await changeAccount<
    CloseOut,
    { readonly remainder: readonly Remainder[]; readonly isClosed: boolean; readonly row?: CloseOut }
  >(deps, {
    account: begun,
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: () => mustFind(deps, begun),
    decide(head, recordedAt, row) {
      const plan = planRefund({ ...facts, state: head.state, wishFen: 'all', whose: 'everyone', now: recordedAt });
      // What came in since the last refund can still go: the next call sends it.
      const later: readonly Remainder[] = plan.refundableFen > 0 ? [{ reason: 'later', amountFen: plan.refundableFen }] : [];
      const owed: readonly Remainder[] = head.state.owedFen === undefined ? [] : [{ reason: 'owed', amountFen: head.state.owedFen }];
      const remainder = [...plan.remainder.filter(({ reason }) => reason !== 'later'), ...later, ...owed];
      const leftFen = heldOnAccount(head.state);
      const waits = openHolds(head.state, recordedAt).length > 0 || owed.length > 0;
      const isDone = !waits && (leftFen === ZERO || leftFen === acknowledgedFen);
      if (head.state.closed || !isDone) return { answer: { remainder, isClosed: head.state.closed } };
      const closed: CloseOut = {
        ...{ ...row, state: 'closed', since: recordedAt, remainder, closedN: head.n + 1, version: row.version + 1 },
        ...(leftFen === ZERO ? {} : { acknowledgedBy: by }),
      };
      const write = closedDraft(head, { entryId: stepId(begun, 'closed'), recordedAt });
      return { write, rows: [deps.closeOuts.replacement(closed)], answer: () => ({ remainder, isClosed: true, row: closed }) };
    },
  });
  if (said.row !== undefined) return said.row;
  const { remainder, isClosed } = said;
  const now = deps.clock();
  return update(deps, begun, (row) => {
    const state = isClosed ? 'closed' : 'remains';
    return { ...row, state, since: row.state === state ? row.since : now, remainder };
  });
}

async function mustFind(deps: CloseOutDeps, { schoolId, accountNo }: Pick<CloseOut, 'schoolId' | 'accountNo'>): Promise<CloseOut> {
  const found = await deps.closeOuts.find(schoolId, accountNo);
  if (found === undefined) throw new Error('a row of a closing is permanent and was not found');
  return found;
}

/** The next version of the row over whatever it is by now. Writes nothing where nothing changes. */
async function update(deps: CloseOutDeps, { schoolId, accountNo }: CloseOut, change: (row: CloseOut) => CloseOut): Promise<CloseOut> {
  for (let tries = 0; tries < SAVE_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const read = await mustFind(deps, { schoolId, accountNo });
    const next = { ...change(read), version: read.version + 1 };
    if (JSON.stringify({ ...next, version: read.version }) === JSON.stringify(read)) return read;
    if (await deps.closeOuts.replace(next)) return next;
  }
  throw new AppError('request.busy');
}
