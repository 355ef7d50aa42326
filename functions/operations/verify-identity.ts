import type { GateDirection, IdentityBody, IdentityReply, TerminalGate } from '../../shared/api/terminal-identities';
import { resolveTime } from '../../shared/code-format';
import { AppError } from '../../shared/errors';
import { type EpochMs, toIso } from '../../shared/time';
import { campusCode, codeRefusal, isShown } from '../domain/campus-code';
import { CHARGE_EARLY_MS, CHARGE_LATE_MS } from '../domain/charge-window';
import type { Entry } from '../domain/entry';
import { lacksFirstSync } from '../domain/first-sync';
import { newGateRecord, type Passage, passageRefusal, passedBefore, type ShownStep, withPassage } from '../domain/gate';
import { maskName } from '../domain/masks';
import { accountOfHandle } from '../domain/school-keys';
import type { GateRecords } from '../store/gate-records';
import type { Holders } from '../store/holders';
import { accountOfCard, type MachineDeps, type MachineRequest, mustBeServed, provesChip } from './machine';

export interface IdentityDeps extends MachineDeps {
  readonly gateRecords: GateRecords;
  /** Of the store of holders only this is asked, and only where the school shows names. */
  readonly holders: Pick<Holders, 'find'>;
  /** Waits a random while before the next try; `tries` made so far. */
  readonly backOff: (tries: number) => Promise<void>;
}

export interface IdentityRequest extends MachineRequest<IdentityBody> {
  readonly gate: TerminalGate;
}

/** Only two sendings of one holder at two gates meet in one row. */
const MAX_TRIES = 8;

/**
 * Who stands at a gate: valid and of which role, and no more. Writes nothing to the passbook: an identity code uses up no step, so the payment
 * code beside it still pays. At a gate against passback the passage is one conditional write, so that of two gates at once one opens.
 *
 * Throws AppError: `identity.not-valid`, `identity.payment-code`, `identity.too-late`, `identity.passback`, `identity.used`,
 * `code.malformed`, `code.identity-pass`, `code.wechat`, `code.alipay`, `code.unionpay`, `code.not-offered`, `code.expired`, `code.not-yet-valid`, `code.frozen`, `code.first-sync`,
 * `card.unknown`, `card.bad-chip-code`, `card.lost`, `card.replaced`, `account.closed`, `account.unknown`, `terminal.clock`,
 * `payment.other-body`, `request.busy`.
 */
export async function verifyIdentity(deps: IdentityDeps, request: IdentityRequest): Promise<IdentityReply> {
  const { body, gate } = request;
  const direction = gate.direction === 'both' ? (body.direction ?? 'in') : gate.direction;
  const { accountNo, judge } = body.kind === 'identity-code' ? named(request, body) : await cardholder(deps, request, body);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const head = await deps.passbook.head(body.schoolId, accountNo);
    // Made-up digits name somebody or nobody, and a gate does not tell which.
    if (head === undefined) throw new AppError(body.kind === 'identity-code' ? 'identity.not-valid' : 'account.unknown');
    if (gate.antiPassback) {
      if (!(await pass(deps, request, { head, direction, judge }))) continue;
    } else judge(head, deps.clock());
    return answer(deps, request, head, direction);
  }
  throw new AppError('request.busy');
}

/** What was shown is good at that moment, or its refusal is thrown. Gives the step of a code. */
type Judge = (head: Entry, now: EpochMs) => ShownStep | undefined;
type Named = { readonly accountNo: number; readonly judge: Judge };

function named(
  { keys, pack, body: { schoolId, occurredAt } }: IdentityRequest,
  body: Extract<IdentityBody, { kind: 'identity-code' }>,
): Named {
  const code = campusCode(body.code);
  if (code === 'code.pass') throw new AppError('identity.payment-code');
  if (typeof code === 'string') throw new AppError(code);
  if (code.kind !== 'identity') throw new AppError('identity.payment-code');
  const scan = { schoolId, occurredAt };
  return {
    accountNo: accountOfHandle(keys, code.handle),
    judge({ state }, now) {
      if (!isShown(state, code, scan, keys)) throw new AppError('identity.not-valid');
      mustBeNow(occurredAt, now);
      if (state.closed) throw new AppError('account.closed');
      if (!pack.codes.enabled) throw new AppError('code.not-offered');
      const refusal = codeRefusal(state, code, scan, now);
      if (refusal !== undefined) throw new AppError(refusal);
      if (lacksFirstSync(state, pack)) throw new AppError('code.first-sync');
      return resolveTime(code.tt, occurredAt);
    },
  };
}

async function cardholder(
  deps: MachineDeps,
  { keys }: IdentityRequest,
  body: Extract<IdentityBody, { kind: 'identity-card' }>,
): Promise<Named> {
  const { accountNo, issue } = await accountOfCard(deps, body);
  if (!provesChip(keys, body, body.chip, 0)) throw new AppError('card.bad-chip-code');
  return {
    accountNo,
    judge(head, now) {
      mustBeNow(body.occurredAt, now);
      mustBeServed(head, issue);
      return undefined;
    },
  };
}

/** A door does not open for somebody who has walked on. */
function mustBeNow(occurredAt: EpochMs, now: EpochMs): void {
  if (now < occurredAt - CHARGE_EARLY_MS) throw new AppError('terminal.clock', { serverTime: now });
  if (now > occurredAt + CHARGE_LATE_MS) throw new AppError('identity.too-late');
}

/**
 * The record, then the clock, then the decision, then the write over the version that was read. The same bytes once more are answered as they
 * were: a gate that did not hear us has not opened. False: somebody else was first.
 */
async function pass(
  deps: IdentityDeps,
  { body, bodyHash, gate: { group }, pack }: IdentityRequest,
  { head, direction, judge }: { readonly head: Entry; readonly direction: GateDirection; readonly judge: Judge },
): Promise<boolean> {
  const { schoolId, accountNo } = head;
  const record = (await deps.gateRecords.find(schoolId, accountNo)) ?? newGateRecord(schoolId, accountNo);
  const at = deps.clock();
  const passage: Passage = { terminal: body.terminal, sequence: body.sequence, bodyHash, direction, at };
  const before = passedBefore(record, group, passage);
  if (before === 'other') throw new AppError('payment.other-body');
  if (before === 'same') {
    mustBeNow(body.occurredAt, at);
    return true;
  }
  const shown = judge(head, at);
  const refusal = passageRefusal(record, group, passage, shown, pack);
  if (refusal !== undefined) throw new AppError(refusal);
  return deps.gateRecords.save(withPassage(record, group, passage, shown));
}

async function answer(
  deps: IdentityDeps,
  { pack }: IdentityRequest,
  { schoolId, accountNo, state }: Entry,
  direction: GateDirection,
): Promise<IdentityReply> {
  const holder = pack.gates?.showName === true ? await deps.holders.find(schoolId, accountNo) : undefined;
  return {
    valid: true,
    role: state.group ?? 'student',
    nameMasked: holder === undefined ? null : maskName(holder.name),
    direction,
    serverTime: toIso(deps.clock(), pack.utcOffsetMinutes),
  };
}
