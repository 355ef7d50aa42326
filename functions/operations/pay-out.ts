import { AppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, type EpochMs } from '../../shared/time';
import { BOOK_FAMILIES, type BookFamily, terminalBook } from '../domain/books';
import type { Draft, Entry } from '../domain/entry';
import { movementDraft } from '../domain/movement';
import {
  askedPayOut,
  isSamePayOut,
  type OpenPayOut,
  type PayOut,
  type PayOutKind,
  type PayOutWish,
  type RequestedPayOut,
  requestedPayOut,
  returnedPayOut,
  stuckPayOut,
  succeededPayOut,
} from '../domain/pay-out';
import { applyPostings, mirror } from '../domain/posting';
import type { PayOuts } from '../store/pay-outs';
import type { TableWrite } from '../store/table';
import { type AppendDeps, changeAccount } from './append-loop';

/** What the other side says of a pay-out: anything else than these is `pending`. */
export type PayOutAnswer =
  | { readonly status: 'succeeded'; readonly at: EpochMs; readonly externalRef: string }
  /** Definitely not, and never under this number: the money goes back to the account. */
  | { readonly status: 'failed'; readonly failure: string }
  | { readonly status: 'stuck'; readonly failure: string }
  | { readonly status: 'pending' };

/**
 * One for each kind. `send` may be repeated with the same number. `query` is asked from the second time on; where the other side says
 * that it never got the request, it sends it again.
 */
export interface PayOutRoute {
  send(payOut: RequestedPayOut): Promise<PayOutAnswer>;
  query(payOut: RequestedPayOut): Promise<PayOutAnswer>;
  /** Rows to change together with the return: the lot of a refund has more left again. */
  onReturn?(payOut: PayOut): Promise<readonly TableWrite[]>;
}

export interface PayOutDeps extends AppendDeps {
  readonly payOuts: PayOuts;
  readonly routes: Readonly<Partial<Record<PayOutKind, PayOutRoute>>>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/** What takes the money, decided on the head: throws the refusal, or gives the draft and the rows that change with it. */
export type DebitDecision<Gathered> = (
  head: Entry,
  recordedAt: EpochMs,
  gathered: Gathered,
) => { readonly draft: Draft; readonly rows?: readonly TableWrite[] };

/**
 * Takes the money and records where it is to go, in one transaction; then asks the other side once. A repeat of the number is the
 * same pay-out. What the other side does not answer is asked about by the sweep.
 *
 * Throws AppError: `request.replayed-differently`, `account.unknown`, `request.busy`, and what `gather` and `decide` throw. Trouble of the other
 * side is not thrown: the pay-out stands and goes on.
 */
export async function startPayOut<Gathered>(
  deps: PayOutDeps,
  wish: PayOutWish,
  take: { readonly gather: () => Promise<Gathered>; readonly decide: DebitDecision<Gathered> },
): Promise<PayOut> {
  const { schoolId, accountNo } = wish;
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const begun = await changeAccount<{ found: PayOut | undefined; gathered: Gathered | undefined }, PayOut>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes,
    async gather() {
      const found = await deps.payOuts.find(schoolId, wish.payOutNo);
      return { found, gathered: found === undefined ? await take.gather() : undefined };
    },
    decide(head, recordedAt, { found, gathered }) {
      if (found !== undefined) return { answer: found };
      // Reads of a row that is not there were made just above.
      const { draft, rows = [] } = take.decide(head, recordedAt, gathered as Gathered);
      const payOut = requestedPayOut(wish, { n: head.n + 1, now: recordedAt });
      return { write: draft, rows: [...deps.payOuts.insertion(payOut), ...rows], answer: () => payOut };
    },
  });
  if (!isSamePayOut(begun, wish)) throw new AppError('request.replayed-differently');
  return mayBeSent(begun, deps.clock()) ? advance(deps, begun) : begun;
}

/** Nobody has sent it yet, and its time has come. */
export function mayBeSent(payOut: PayOut, now: EpochMs): payOut is RequestedPayOut {
  return payOut.state === 'requested' && payOut.asked === 0 && payOut.dueAt <= now;
}

/**
 * Sends or asks, and records a definite answer. Of several askers at one moment only one asks. Trouble leaves it as it is, due again
 * later. Throws nothing of the other side's.
 */
export async function advance(deps: PayOutDeps, payOut: RequestedPayOut): Promise<PayOut> {
  const asked = askedPayOut(payOut, deps.clock());
  if (!(await deps.payOuts.replace(asked))) return reread(deps, payOut);
  const route = deps.routes[payOut.kind];
  if (route === undefined) throw new AppError('config.invalid', { kind: payOut.kind });
  let answer: PayOutAnswer;
  try {
    answer = payOut.asked === 0 ? await route.send(asked) : await route.query(asked);
  } catch (error) {
    // An answer that is none: only the next question tells.
    if (error instanceof AppError) return asked;
    throw error;
  }
  return settlePayOut(deps, asked, answer);
}

/** Records what the other side said, whether it was asked or told us by itself. At most one definite answer is ever recorded. */
export async function settlePayOut(deps: PayOutDeps, payOut: OpenPayOut, answer: PayOutAnswer): Promise<PayOut> {
  switch (answer.status) {
    case 'pending':
      return payOut;
    case 'succeeded': {
      const next = succeededPayOut(payOut, { doneAt: answer.at, externalRef: answer.externalRef });
      return (await deps.payOuts.replace(next, { tellAt: deps.clock() })) ? next : reread(deps, payOut);
    }
    case 'stuck': {
      if (payOut.state === 'stuck') return payOut;
      const next = stuckPayOut(payOut, { doneAt: deps.clock(), failure: answer.failure });
      return (await deps.payOuts.replace(next, { tellAt: deps.clock() })) ? next : reread(deps, payOut);
    }
    case 'failed':
      return returnPayOut(deps, payOut, answer.failure);
  }
}

const RETURNED = {
  refund: 'refund-returned',
  withdrawal: 'withdrawal-returned',
  utility: 'utility-returned',
} as const satisfies Record<PayOutKind, Entry['kind']>;

/**
 * Gives the money back: the mirror of the debit, in one transaction with the row. A closed account takes it too. Throws AppError
 * `request.busy`, `account.unknown`; the row is then due again.
 */
export async function returnPayOut(deps: PayOutDeps, read: PayOut, failure: string): Promise<PayOut> {
  const { schoolId, accountNo, payOutNo, kind } = read;
  const pack = await deps.packOf(schoolId);
  const debit = await deps.passbook.entry(schoolId, accountNo, read.n);
  if (debit === undefined) throw new Error('a pay-out names an entry that does not exist');
  const before = await deps.passbook.entry(schoolId, accountNo, read.n - 1);
  return changeAccount<{ row: PayOut; rows: readonly TableWrite[] }, PayOut>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    async gather() {
      const row = await reread(deps, read);
      return { row, rows: row.state === 'returned' ? [] : ((await deps.routes[kind]?.onReturn?.(row)) ?? []) };
    },
    decide(head, recordedAt, { row, rows }) {
      if (row.state === 'returned' || row.state === 'succeeded') return { answer: row };
      const next = returnedPayOut(row, { doneAt: recordedAt, returnedBy: head.n + 1, failure });
      const draft = returnDraft(head, debit, { kind: RETURNED[kind], payOutNo, recordedAt }, pack);
      const ownBankFen = draft.state.ownBankFen + Math.max(0, (before?.state.ownBankFen ?? 0) - debit.state.ownBankFen);
      const state = { ...draft.state, ownBankFen: fen(ownBankFen) };
      return { write: { ...draft, state }, rows: [deps.payOuts.replacement(next), ...rows], answer: () => next };
    },
  });
}

/** The mirror of a debit, in the family of its books; that of a sale taken back stands with its terminal, where its merchant is summed. */
function returnDraft(
  head: Entry,
  debit: Entry,
  back: { readonly kind: Entry['kind']; readonly payOutNo: string; readonly recordedAt: EpochMs },
  pack: RulePack,
): Draft {
  const { kind, payOutNo, recordedAt } = back;
  const what = { kind, entryId: `${payOutNo}-back`, reverses: payOutNo, postings: mirror(debit.postings), occurredAt: recordedAt };
  const terminal = /^terminal\/(\d+)\//.exec(debit.counterparty?.book ?? '')?.[1];
  if (terminal === undefined) return movementDraft(head, { ...what, family: familyOf(debit), recordedAt }, pack);
  const book = terminalBook(Number(terminal), businessDay(recordedAt, pack.utcOffsetMinutes));
  return {
    ...what,
    counterparty: { book, place: `${debit.counterparty?.place ?? ''}-back` },
    ...(debit.merchant === undefined ? {} : { merchant: debit.merchant }),
    state: applyPostings(head.state, what.postings),
  };
}

/** "channel/wechat-pay" of "channel/wechat-pay/2026-11-21/3". */
function familyOf(debit: Entry): BookFamily {
  const family = BOOK_FAMILIES.find((name) => debit.counterparty?.book.startsWith(`${name}/`));
  if (family === undefined) throw new Error('a debit outside every book');
  return family;
}

async function reread(deps: Pick<PayOutDeps, 'payOuts'>, { schoolId, payOutNo }: PayOut): Promise<PayOut> {
  const found = await deps.payOuts.find(schoolId, payOutNo);
  if (found === undefined) throw new Error('a pay-out row is permanent and was not found');
  return found;
}
