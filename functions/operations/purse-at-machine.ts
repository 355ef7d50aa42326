import type { PurseBody, PurseReply } from '../../shared/api/purses';
import { AppError } from '../../shared/errors';
import { add, type Fen, subtract, sum, ZERO } from '../../shared/money';
import { toIso } from '../../shared/time';
import type { Entry } from '../domain/entry';
import { loadMac, type Purse, type PurseAct, purseMac, refillDraft, unsettledFen } from '../domain/purse';
import { chipKey } from '../domain/school-keys';
import { findInRing, saleEntryId } from '../domain/terminal-ring';
import type { Claim, Claims } from '../store/claims';
import type { Terminal } from '../store/terminals';
import { changeAccount } from './append-loop';
import { type MachineDeps, type MachineRequest, mustBeInTime, mustBeServed, readCard } from './machine';
import { returnPurse } from './return-purse';
import { isDoubted, refuseChip, type SettlePurseDeps } from './settle-purse';

export interface PurseDeps extends MachineDeps, SettlePurseDeps {
  readonly claims: Claims;
}

export interface PurseRequest extends MachineRequest<PurseBody> {
  readonly terminal: Pick<Terminal, 'kind' | 'merchant'>;
}

/**
 * A card with a purse on a settlement machine, or in a controller that has a network: what it would settle, or the settlement. It brings the books up to what the chip
 * has spent and fills the purse up from the card, in one entry; then the machine raises the chip's loaded sum to the books'. No word that it did is
 * needed: a chip that missed it has less to spend, never more, and is told the same sum at its next visit.
 *
 * Throws AppError: `terminal.wrong-kind`, `purse.not-offered`, `purse.bad-proof`, `purse.other-state`, `purse.not-loaded` (a controller gives no first
 * load), `payment.insufficient-balance` (nothing to load it from), `card.unknown`, `card.bad-chip-code`, `card.lost`, `card.replaced`, `account.closed`,
 * `account.unknown`, `claim.too-late`, `terminal.clock`, `payment.other-body`, `request.busy`, `school.unknown`.
 */
export async function purseAtMachine(deps: PurseDeps, request: PurseRequest): Promise<PurseReply> {
  const { body, pack, keys, terminal, bodyHash } = request;
  const { schoolId, card, purse: chip } = body;
  if (terminal.kind !== 'settlement-pos' && terminal.kind !== 'water-controller') throw new AppError('terminal.wrong-kind');
  if (pack.purses.length === 0) throw new AppError('purse.not-offered');
  if (purseMac(chipKey(keys, card), { schoolId, card }, chip) !== chip.mac) throw new AppError('purse.bad-proof');
  const claimId = saleEntryId(body);
  const before = body.kind === 'settle' ? await deps.claims.find(schoolId, claimId) : undefined;
  if (before !== undefined) return settled(deps, request, await entryOf(deps, before, bodyHash));
  const { accountNo, issue, head } = await readCard(deps, request);
  await returnPurse(deps, { schoolId, accountNo }, pack);
  if (body.kind === 'read') return read(deps, request, await deps.purses.find(schoolId, accountNo, issue), head);
  return settle(deps, request, { accountNo, issue });
}

async function read(deps: PurseDeps, request: PurseRequest, purse: Purse | undefined, head: Entry): Promise<PurseReply> {
  const { purse: chip } = request.body;
  mustBeHonest(purse, chip);
  const usedFen = unsettledFen(purse, chip);
  const purseFen = subtract(purse?.loadedFen ?? ZERO, add(purse?.settledFen ?? ZERO, usedFen));
  const sums = { usedFen, refillFen: ZERO, purseFen, cardFen: head.state.balances.card, loadedFen: purse?.loadedFen ?? ZERO };
  return reply(deps, request, sums, undefined);
}

/** Throws AppError `purse.other-state`, without a word against the card: an older request may only have come late. */
function mustBeHonest(purse: Purse | undefined, chip: PurseBody['purse']): void {
  const isOld = purse !== undefined && chip.counter < purse.counter;
  if (isOld || purse?.stopped === true) throw new AppError('purse.other-state');
}

type Verdict = { readonly entry: Entry | undefined; readonly purse: Purse | undefined; readonly head: Entry } | 'contradicts';

async function settle(deps: PurseDeps, request: PurseRequest, on: { accountNo: number; issue: number }): Promise<PurseReply> {
  const { body, bodyHash, pack, terminal } = request;
  const { schoolId, purse: chip, occurredAt } = body;
  const { accountNo, issue } = on;
  const claimId = saleEntryId(body);
  const facts = { entryId: claimId, requestHash: bodyHash, terminal: body.terminal, merchant: terminal.merchant, occurredAt };
  const verdict = await changeAccount<{ done: Entry | undefined; purse: Purse | undefined }, Verdict>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    async gather() {
      const done = await deps.claims.find(schoolId, claimId);
      return { done: done && (await entryOf(deps, done, bodyHash)), purse: await deps.purses.find(schoolId, accountNo, issue) };
    },
    decide(head, recordedAt, { done, purse }) {
      if (done !== undefined) return { answer: { entry: done, purse, head } };
      mustBeServed(head, issue);
      mustBeInTime(body, recordedAt);
      // The sequence of a sale: two acts of one number would be one to whoever reads the book.
      if (findInRing(head.state.ring, body) !== undefined) throw new AppError('payment.other-body');
      mustBeHonest(purse, chip);
      if (purse === undefined ? chip.loadedFen > 0 : isDoubted(purse, chip)) return { answer: 'contradicts' };
      if (purse === undefined && terminal.kind === 'water-controller') throw new AppError('purse.not-loaded');
      const act: PurseAct = { ...facts, place: String(body.sequence).padStart(9, '0'), recordedAt };
      const change = refillDraft(head, { purse, issue, chip }, act, pack);
      // Nothing stands behind what its chip holds, and the card cannot give it.
      if (change === undefined && purse?.state !== 'live') throw new AppError('payment.insufficient-balance');
      if (change === undefined) return { answer: { entry: undefined, purse, head } };
      const { draft, purse: next } = change;
      const entry = { accountNo, n: head.n + 1 };
      const rows = [deps.purses.row(next), deps.claims.row({ schoolId, claimId, amountFen: usedOf(draft), bodyHash, entry })];
      return { write: draft, rows, answer: (written) => ({ entry: written, purse: next, head: written }) };
    },
  });
  if (verdict === 'contradicts') return refuseChip(deps, { schoolId, accountNo }, issue, chip);
  if (verdict.entry !== undefined) return settled(deps, request, verdict.entry);
  const { balances } = verdict.head.state;
  const loadedFen = verdict.purse?.loadedFen ?? ZERO;
  const sums = { usedFen: ZERO, refillFen: ZERO, purseFen: balances.purse, cardFen: balances.card, loadedFen };
  return reply(deps, request, sums, undefined);
}

/** Throws AppError `payment.other-body`: another request used this sequence number. */
async function entryOf(deps: Pick<PurseDeps, 'passbook'>, { schoolId, bodyHash, entry }: Claim, asked: string): Promise<Entry> {
  if (bodyHash !== asked || entry === undefined) throw new AppError('payment.other-body');
  const found = await deps.passbook.entry(schoolId, entry.accountNo, entry.n);
  if (found === undefined) throw new Error('a row of a settlement names an entry that does not exist');
  return found;
}

/** The answer of a settlement from its entry alone, so that it is the same for ever. */
function settled(deps: PurseDeps, request: PurseRequest, entry: Entry): PurseReply {
  const { balances, purseSpentFen = ZERO } = entry.state;
  const refillFen = sum(entry.postings.filter(({ leg, amountFen }) => leg === 'purse' && amountFen > 0).map(({ amountFen }) => amountFen));
  const purseFen = balances.purse;
  const sums = { usedFen: usedOf(entry), refillFen, purseFen, cardFen: balances.card, loadedFen: add(purseFen, purseSpentFen) };
  return reply(deps, request, sums, entry);
}

function usedOf({ postings }: Pick<Entry, 'postings'>): Fen {
  return sum(postings.filter(({ leg }) => leg.startsWith('merchant:')).map(({ amountFen }) => amountFen));
}

interface Sums {
  readonly cardFen: Fen;
  readonly usedFen: Fen;
  readonly refillFen: Fen;
  readonly purseFen: Fen;
  readonly loadedFen: Fen;
}

function reply(deps: PurseDeps, { body, pack, keys }: PurseRequest, { loadedFen, ...sums }: Sums, entry: Entry | undefined): PurseReply {
  const { kind, schoolId, card } = body;
  return {
    kind,
    entryId: entry?.entryId ?? null,
    ...sums,
    load: loadedFen === ZERO ? null : { loadedFen, mac: loadMac(chipKey(keys, card), { schoolId, card }, loadedFen) },
    recordedAt: entry === undefined ? null : toIso(entry.recordedAt, pack.utcOffsetMinutes),
    serverTime: toIso(deps.clock(), pack.utcOffsetMinutes),
  };
}
