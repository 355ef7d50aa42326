import type { PassSaleBody, PassSaleReply } from '../../shared/api/passes';
import { AppError } from '../../shared/errors';
import { type Fen, fen } from '../../shared/money';
import { type Pass, passSerial, readPass, schoolTag } from '../../shared/pass-format';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { CHARGE_EARLY_MS } from '../domain/charge-window';
import type { Entry } from '../domain/entry';
import { passChargeDraft } from '../domain/pass-charge';
import { type Envelope, isOfEnvelope, passHoldId, passRefusal } from '../domain/pass-envelope';
import { isPassSigned } from '../domain/pass-signer';
import { newlyOwed } from '../domain/receivable';
import { findInRing, saleEntryId } from '../domain/terminal-ring';
import type { Claim, Claims } from '../store/claims';
import type { Notices } from '../store/notices';
import type { PassControls, Passes, PassUse } from '../store/passes';
import type { ReceivableCase, ReceivableCases } from '../store/receivable-cases';
import type { Terminal } from '../store/terminals';
import { type AppendDeps, changeAccount } from './append-loop';

export interface TakePassDeps extends AppendDeps {
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly passes: Pick<Passes, 'find' | 'findUse' | 'uses' | 'usedRow'>;
  readonly passControls: Pick<PassControls, 'find' | 'revokedRow'>;
  readonly claims: Pick<Claims, 'find' | 'row'>;
  readonly receivableCases: ReceivableCases;
  readonly notices: Pick<Notices, 'rows'>;
}

export interface PassRequest {
  readonly body: PassSaleBody;
  /** SHA-256 (hex) of the signed bytes. */
  readonly bodyHash: string;
  readonly terminal: Pick<Terminal, 'merchant' | 'kind'>;
}

interface Known {
  readonly claim: Claim | undefined;
  readonly use: PassUse | undefined;
  /** How many passes of the envelope are used. */
  readonly usedCount: number;
}

type Outcome = { readonly entry: Entry } | { readonly claim: Claim } | 'too-late';

/**
 * A sale that a till made by pass while it had no network: recorded once, however often and however late it is told, up to the end of
 * the grace period. The merchant is paid whatever was sold meanwhile; what the account lacks, and all of a second use of one pass, the holder
 * owes, and finance and the holder are told in the same transaction.
 *
 * Throws AppError: `terminal.wrong-kind`, `terminal.clock` (the sale lies ahead of us), `payment.amount-invalid`, `payment.other-body`,
 * `pass.malformed`, `pass.other-school`, `pass.forged`, `pass.not-yet-valid`, `pass.expired`, `pass.over-ceiling`, `pass.too-late`
 * (finance has a case), `account.unknown`, `school.unknown`, `request.busy`.
 */
export async function takePass(deps: TakePassDeps, request: PassRequest): Promise<PassSaleReply> {
  const { body, bodyHash, terminal } = request;
  const { schoolId } = body;
  if (terminal.kind !== undefined && terminal.kind !== 'pos') throw new AppError('terminal.wrong-kind');
  const pack = await deps.packOf(schoolId);
  const claimId = saleEntryId(body);
  const before = await deps.claims.find(schoolId, claimId);
  if (before !== undefined) return answerAgain(deps, request, before, pack);
  const { pass, envelope, amountFen } = await proven(deps, body);
  const outcome = await changeAccount<Known, Outcome>(deps, {
    account: envelope,
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: () => known(deps, pass, { schoolId, claimId }),
    decide(head, recordedAt, { claim, use, usedCount }) {
      if (claim !== undefined) return { answer: { claim } };
      if (recordedAt < body.occurredAt - CHARGE_EARLY_MS) throw new AppError('terminal.clock', { serverTime: recordedAt });
      if (recordedAt > envelope.graceUntil) return { answer: 'too-late' };
      // The sequence of another sale: two acts of one number would be one to whoever reads the book.
      if (findInRing(head.state.ring, body) !== undefined) throw new AppError('payment.other-body');
      const { terminal: number, sequence, occurredAt } = body;
      const isSecondUse = use !== undefined;
      const sale = {
        ...{ terminal: number, sequence, merchant: terminal.merchant, bodyHash, amountFen, occurredAt, envelope, isSecondUse },
        isLastPass: usedCount + (isSecondUse ? 0 : 1) === envelope.tokens,
      };
      const draft = passChargeDraft(head, sale, { pack, recordedAt });
      const n = head.n + 1;
      const { accountNo, envelope: name } = envelope;
      const done = { schoolId, envelope: name, index: pass.index, terminal: number, sequence, accountNo, n };
      const owedFen = newlyOwed(draft.postings);
      const told = owedFen > 0 ? caseOf(request, envelope, pass, { amountFen, owedFen, recordedAt, n, use }) : undefined;
      return {
        write: draft,
        rows: [
          deps.claims.row({ schoolId, claimId, amountFen, bodyHash, entry: { accountNo, n } }),
          ...(use === undefined ? [deps.passes.usedRow(done)] : []),
          ...(told === undefined ? [] : debtRows(deps, told, head, envelope)),
        ],
        answer: (entry) => ({ entry }),
      };
    },
  });
  if (outcome === 'too-late') return refuseLate(deps, request, { pass, envelope, amountFen });
  if ('claim' in outcome) return answerAgain(deps, request, outcome.claim, pack);
  return answer(deps, request, outcome.entry, pack);
}

/** What the pass itself and the row of its envelope say, before anything of the account is looked at. Throws as `takePass`. */
async function proven(deps: TakePassDeps, body: PassSaleBody): Promise<{ pass: Pass; envelope: Envelope; amountFen: Fen }> {
  const { schoolId, occurredAt } = body;
  const amountFen = amountOf(body.amountFen);
  const pass = readPass(body.pass.replace(/\s/g, ''));
  if (pass === undefined) throw new AppError('pass.malformed');
  if (pass.school !== schoolTag(schoolId)) throw new AppError('pass.other-school');
  const [control, envelope] = await Promise.all([deps.passControls.find(schoolId), deps.passes.find(schoolId, pass.envelope)]);
  const publicKey = control?.keys.find(({ keyId }) => keyId === pass.keyId)?.publicKey;
  const isGenuine = publicKey !== undefined && isPassSigned(schoolId, pass, publicKey);
  // A key that leaked signs whatever its thief likes: only what was given out counts.
  if (!isGenuine || envelope === undefined || !isOfEnvelope(pass, envelope)) throw new AppError('pass.forged');
  const refusal = passRefusal(pass, { amountFen, occurredAt });
  if (refusal !== undefined) throw new AppError(refusal);
  return { pass, envelope, amountFen };
}

function amountOf(value: unknown): Fen {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0) throw new AppError('payment.amount-invalid');
  return fen(value);
}

async function known(deps: TakePassDeps, pass: Pass, { schoolId, claimId }: { schoolId: string; claimId: string }): Promise<Known> {
  const [claim, uses] = await Promise.all([deps.claims.find(schoolId, claimId), deps.passes.uses(schoolId, pass.envelope)]);
  return { claim, use: uses.find(({ index }) => index === pass.index), usedCount: uses.length };
}

function caseOf(
  { body, terminal }: PassRequest,
  { accountNo }: Envelope,
  pass: Pass,
  facts: Pick<ReceivableCase, 'amountFen' | 'owedFen' | 'recordedAt'> & { readonly n?: number; readonly use?: PassUse | undefined },
): ReceivableCase {
  const { use, n, ...rest } = facts;
  return {
    ...rest,
    ...(n === undefined ? {} : { n }),
    ...(use === undefined ? {} : { firstEntryId: saleEntryId(use) }),
    schoolId: body.schoolId,
    entryId: saleEntryId(body),
    cause: n === undefined ? 'pass-too-late' : use === undefined ? 'pass-over-envelope' : 'pass-used-twice',
    accountNo,
    serial: passSerial(pass),
    terminal: body.terminal,
    merchant: terminal.merchant,
    occurredAt: body.occurredAt,
  };
}

/** The case, the holder's notice, and the end of this envelope at tills that can still hear of it. */
function debtRows(deps: TakePassDeps, told: ReceivableCase, { state }: Entry, { envelope, n, graceUntil }: Envelope) {
  const { schoolId, accountNo, entryId, owedFen, recordedAt } = told;
  const key = `receivable/${entryId}`;
  const isHeld = state.holds.some((hold) => hold.entryId === passHoldId(n));
  return [
    deps.receivableCases.row(told),
    ...deps.notices.rows({ schoolId, accountNo, key, kind: 'debt', at: recordedAt, amountFen: owedFen, about: entryId }),
    ...(isHeld ? [deps.passControls.revokedRow({ schoolId, envelope, until: graceUntil })] : []),
  ];
}

/** Nobody is charged any more; what the merchant lost is for people to decide. */
async function refuseLate(
  deps: TakePassDeps,
  request: PassRequest,
  { pass, envelope, amountFen }: { readonly pass: Pass; readonly envelope: Envelope; readonly amountFen: Fen },
): Promise<never> {
  await deps.receivableCases.insert(caseOf(request, envelope, pass, { amountFen, owedFen: fen(0), recordedAt: deps.clock() }));
  throw new AppError('pass.too-late');
}

/** The same answer as the first time. Throws AppError `payment.other-body`: another request used this sequence number. */
async function answerAgain(
  deps: TakePassDeps,
  request: PassRequest,
  { bodyHash, entry: named }: Claim,
  pack: RulePack,
): Promise<PassSaleReply> {
  if (bodyHash !== request.bodyHash || named === undefined) throw new AppError('payment.other-body');
  const entry = await deps.passbook.entry(request.body.schoolId, named.accountNo, named.n);
  if (entry === undefined) throw new Error('a row of a pass names an entry that does not exist');
  return answer(deps, request, entry, pack);
}

async function answer(
  deps: TakePassDeps,
  { body }: PassRequest,
  { entryId, n, postings, recordedAt }: Entry,
  { utcOffsetMinutes }: RulePack,
): Promise<PassSaleReply> {
  const pass = readPass(body.pass.replace(/\s/g, ''));
  const use = pass && (await deps.passes.findUse(body.schoolId, pass));
  const paid = postings.find(({ leg }) => leg.startsWith('merchant:'));
  if (use === undefined || paid === undefined) throw new Error('a sale by pass without its use');
  return {
    outcome: 'charged',
    entryId,
    n,
    amountFen: paid.amountFen,
    usedBefore: saleEntryId(use) !== entryId,
    recordedAt: toIso(recordedAt, utcOffsetMinutes),
    serverTime: toIso(deps.clock(), utcOffsetMinutes),
  };
}
