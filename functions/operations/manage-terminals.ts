import type {
  ChangeTerminalBody,
  EnrolmentCodeReply,
  NewTerminalBody,
  StaffTerminal,
  StaffTerminalsReply,
} from '../../shared/api/staff-terminals';
import { AppError } from '../../shared/errors';
import type { RandomBytes } from '../../shared/ids';
import { type Fen, fen } from '../../shared/money';
import { type EpochMs, toIso } from '../../shared/time';
import { ENROLMENT_CODE_LIVES_MS, hashEnrolmentCode, newEnrolmentCode } from '../domain/enrolment-code';
import type { Clock } from '../lib/clock';
import type { Enrolment, Enrolments } from '../store/enrolments';
import type { GateRecords } from '../store/gate-records';
import type { Heartbeat, Heartbeats } from '../store/heartbeats';
import type { Merchants } from '../store/merchants';
import type { Database } from '../store/table';
import type { Terminal, Terminals } from '../store/terminals';

export interface ManageTerminalsDeps {
  readonly terminals: Terminals;
  readonly enrolments: Enrolments;
  readonly heartbeats: Pick<Heartbeats, 'find'>;
  readonly gateRecords: Pick<GateRecords, 'forget'>;
  readonly merchants: Pick<Merchants, 'find'>;
  readonly transact: Database['transact'];
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}

interface TerminalName {
  readonly schoolId: string;
  readonly terminal: number;
}

const PAGE = 50;
/** Five heartbeats missed. */
const UNREACHABLE_AFTER_MS = 5 * 60_000;

/** Terminals by number, with how each said it was. Throws what the store throws. */
export async function listTerminals(deps: ManageTerminalsDeps, schoolId: string, after: number): Promise<StaffTerminalsReply> {
  const terminals = await deps.terminals.page(schoolId, { after, limit: PAGE });
  const views = await Promise.all(terminals.map((terminal) => viewOf(deps, terminal)));
  return { terminals: views, nextAfter: terminals.length < PAGE ? null : (terminals.at(-1)?.terminal ?? null) };
}

/**
 * A terminal that is to come, and the code that its machine enrols with. A number is given once for ever: sales are named by terminal and
 * sequence, and a machine that takes the place of another counts anew.
 *
 * Throws AppError: `enrolment.number-taken`, `payment.amount-invalid`, `request.malformed` (detail.field: there is no such merchant).
 */
export async function createTerminal(deps: ManageTerminalsDeps, schoolId: string, body: NewTerminalBody): Promise<EnrolmentCodeReply> {
  const { terminal: number, kind, merchant, takesCash } = body;
  if ((await deps.merchants.find(schoolId, merchant)) === undefined) throw new AppError('request.malformed', { field: 'merchant' });
  const facts = { schoolId, terminal: number, kind, merchant, status: 'active', ...(takesCash ? { takesCash } : {}) } as const;
  const terminal: Terminal = withChanges({ ...facts, name: body.name }, body);
  const { code, enrolment } = newCode(deps, { schoolId, terminal: number }, undefined);
  const rows = [...deps.terminals.newRows(terminal), deps.enrolments.row(enrolment)];
  if (!(await deps.transact(rows)).written) throw new AppError('enrolment.number-taken');
  return codeReply(deps, terminal, code, enrolment);
}

/**
 * Another code for a terminal that has not enrolled yet; the one before is dead. Throws AppError: `terminal.unknown`, `terminal.revoked`,
 * `enrolment.number-taken` (it has enrolled: a new machine gets a new number), `request.busy`.
 */
export async function renewEnrolmentCode(deps: ManageTerminalsDeps, name: TerminalName): Promise<EnrolmentCodeReply> {
  const terminal = await readTerminal(deps, name);
  if (terminal.status === 'revoked') throw new AppError('terminal.revoked');
  if (terminal.publicKey !== undefined) throw new AppError('enrolment.number-taken');
  const { code, enrolment } = newCode(deps, name, await deps.enrolments.find(name.schoolId, name.terminal));
  if (!(await deps.transact([deps.enrolments.row(enrolment)])).written) throw new AppError('request.busy');
  return codeReply(deps, terminal, code, enrolment);
}

/** Throws AppError: `terminal.unknown`, `payment.amount-invalid`, `request.busy`. */
export async function changeTerminal(deps: ManageTerminalsDeps, name: TerminalName, body: ChangeTerminalBody): Promise<StaffTerminal> {
  const { place: _place, maxSaleFen: _maxSaleFen, ...kept } = await readTerminal(deps, name);
  return saveChanged(deps, withChanges(kept, body));
}

/** Every function refuses it within ten seconds, for ever. Throws AppError: `terminal.unknown`, `request.busy`. */
export async function revokeTerminal(deps: ManageTerminalsDeps, name: TerminalName): Promise<StaffTerminal> {
  const terminal = await readTerminal(deps, name);
  return terminal.status === 'revoked' ? viewOf(deps, terminal) : saveChanged(deps, { ...terminal, status: 'revoked' });
}

/** For somebody whom a gate keeps out: they are outside everywhere. What codes they have used stays used. Throws AppError `request.busy`. */
export async function resetGates(
  { gateRecords }: ManageTerminalsDeps,
  { schoolId, accountNo }: { schoolId: string; accountNo: number },
): Promise<void> {
  if (!(await gateRecords.forget(schoolId, accountNo))) throw new AppError('request.busy');
}

async function readTerminal({ terminals }: ManageTerminalsDeps, { schoolId, terminal }: TerminalName): Promise<Terminal> {
  const found = await terminals.read(schoolId, terminal);
  if (found === undefined) throw new AppError('terminal.unknown');
  return found;
}

async function saveChanged(deps: ManageTerminalsDeps, terminal: Terminal): Promise<StaffTerminal> {
  if (!(await deps.transact([deps.terminals.changedRow(terminal)])).written) throw new AppError('request.busy');
  return viewOf(deps, terminal);
}

function withChanges(before: Omit<Terminal, 'place' | 'maxSaleFen'>, { name, place, maxSaleFen, gate }: ChangeTerminalBody): Terminal {
  const limit = maxSaleFen === null ? {} : { maxSaleFen: limitOf(maxSaleFen) };
  const { gate: gateBefore, ...kept } = before;
  const gateNow = gate === undefined ? gateBefore : (gate ?? undefined);
  return { ...kept, name, ...(place === null ? {} : { place }), ...limit, ...(gateNow === undefined ? {} : { gate: gateNow }) };
}

function limitOf(value: unknown): Fen {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0) throw new AppError('payment.amount-invalid');
  return fen(value);
}

function newCode(deps: ManageTerminalsDeps, name: TerminalName, before: Enrolment | undefined) {
  const code = newEnrolmentCode(deps.randomBytes);
  const expiresAt = deps.clock() + ENROLMENT_CODE_LIVES_MS;
  return { code, enrolment: { ...name, codeHash: hashEnrolmentCode(name, code), expiresAt, version: (before?.version ?? 0) + 1 } };
}

async function codeReply(
  deps: ManageTerminalsDeps,
  terminal: Terminal,
  code: string,
  { expiresAt }: { readonly expiresAt: EpochMs },
): Promise<EnrolmentCodeReply> {
  return { terminal: await viewOf(deps, terminal), code, expiresAt: toIso(expiresAt) };
}

async function viewOf(deps: ManageTerminalsDeps, terminal: Terminal): Promise<StaffTerminal> {
  const { kind = 'pos', merchant, name, place, takesCash = false, maxSaleFen, gate } = terminal;
  const heartbeat = await deps.heartbeats.find(terminal.schoolId, terminal.terminal);
  const status = terminal.status === 'active' && terminal.publicKey === undefined ? 'waiting' : terminal.status;
  const isSilent = heartbeat === undefined || deps.clock() - heartbeat.at > UNREACHABLE_AFTER_MS;
  return {
    ...{ terminal: terminal.terminal, kind, merchant, name, takesCash, status },
    place: place ?? null,
    maxSaleFen: maxSaleFen ?? null,
    gate: gate ?? null,
    unreachable: status === 'active' && isSilent,
    heartbeat: heartbeat === undefined ? null : heartbeatView(heartbeat),
  };
}

function heartbeatView({ at, software, clockOffsetMs, nextSequence, openSales, faults }: Heartbeat): StaffTerminal['heartbeat'] {
  return { at: toIso(at), software, clockOffsetMs, nextSequence, openSales: { ...openSales }, faults: [...faults] };
}
