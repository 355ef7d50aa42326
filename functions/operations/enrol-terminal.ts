import { createHash, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { terminalHeaders, terminalSignedText } from '../../shared/api/terminal';
import { type EnrolmentBody, type EnrolmentReply, enrolmentBody } from '../../shared/api/terminal-life';
import { AppError } from '../../shared/errors';
import { toIso } from '../../shared/time';
import { hashEnrolmentCode } from '../domain/enrolment-code';
import { parseInput, readJson } from '../lib/http';
import type { Enrolment, Enrolments } from '../store/enrolments';
import type { Database } from '../store/table';
import type { Terminal, Terminals } from '../store/terminals';
import { type Guess, type GuessDeps, returnGuessed, takeGuess } from './guess-guard';
import { type SettingsDeps, terminalSettings } from './terminal-settings';
import { isSignedBy, mustBeFresh, type SignedRequest } from './verify-terminal';

export interface EnrolDeps extends SettingsDeps, GuessDeps {
  readonly terminals: Pick<Terminals, 'read' | 'changedRow'>;
  readonly enrolments: Enrolments;
  readonly transact: Database['transact'];
}

export type EnrolmentRequest = Omit<SignedRequest, 'purpose'> & { readonly sourceIp: string };

const MAX_TRIES = 10;

/**
 * A machine's new key for the one-time code of the card office. The key signs the request itself, so that nobody enrols a key that he does
 * not have; code and key change hands in one transaction. The same bytes again have the same answer as long as the key is good.
 *
 * Throws AppError: `terminal.unsigned`, `request.malformed`, `terminal.other-school`, `enrolment.proof-wrong`, `terminal.stale`,
 * `terminal.clock`, `enrolment.code-unknown`, `enrolment.code-expired`, `enrolment.number-taken` (it has a key), `terminal.revoked`,
 * `auth.locked`, `school.unknown`, `request.busy`.
 */
export async function enrolTerminal(deps: EnrolDeps, request: EnrolmentRequest): Promise<EnrolmentReply> {
  const body = readEnrolment(deps, request);
  const { schoolId, terminal: number, publicKey } = body;
  const bodyHash = hashOf(request.rawBody);
  let guess: Guess | undefined;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const [terminal, enrolment] = await Promise.all([deps.terminals.read(schoolId, number), deps.enrolments.find(schoolId, number)]);
    if (terminal === undefined || enrolment === undefined) throw new AppError('enrolment.code-unknown');
    if (terminal.status === 'revoked') throw new AppError('terminal.revoked');
    if (terminal.publicKey !== undefined) {
      if (enrolment.usedBy === bodyHash && terminal.publicKey === publicKey) return answer(deps, terminal);
      throw new AppError('enrolment.number-taken');
    }
    if (deps.clock() > enrolment.expiresAt) throw new AppError('enrolment.code-expired');
    guess ??= await checkCode(deps, request.sourceIp, enrolment, body);
    const enrolled = { ...terminal, publicKey };
    const rows = [
      deps.terminals.changedRow(enrolled),
      deps.enrolments.row({ ...enrolment, usedBy: bodyHash, version: enrolment.version + 1 }),
    ];
    if ((await deps.transact(rows)).written) {
      await returnGuessed(deps, guess);
      return answer(deps, enrolled);
    }
  }
  throw new AppError('request.busy');
}

/** The signed body: as `verifySigned` reads one, but with the key that is in it. */
function readEnrolment(deps: Pick<EnrolDeps, 'clock'>, { headers, rawBody }: EnrolmentRequest): EnrolmentBody {
  const told = v.safeParse(terminalHeaders, headers);
  if (!told.success) throw new AppError('terminal.unsigned');
  const schoolId = told.output['x-ecode-school'];
  const terminal = told.output['x-ecode-terminal'];
  const [attempt, sentAt] = [told.output['x-ecode-attempt'], told.output['x-ecode-sent-at']];
  const body = parseInput(enrolmentBody, readJson(rawBody));
  if (body.schoolId !== schoolId || body.terminal !== terminal) throw new AppError('terminal.other-school');
  const text = terminalSignedText({ purpose: 'enrolment', schoolId, terminal, attempt, sentAt, bodySha256: hashOf(rawBody) });
  const signature = Buffer.from(told.output['x-ecode-signature'], 'base64');
  if (!isSignedBy(body.publicKey, text, signature)) throw new AppError('enrolment.proof-wrong');
  mustBeFresh(sentAt, deps.clock());
  return body;
}

/** Counted before it is judged, and only where there is a code to guess. */
async function checkCode(deps: GuessDeps, sourceIp: string, enrolment: Enrolment, { code }: EnrolmentBody): Promise<Guess> {
  const { schoolId, terminal, codeHash } = enrolment;
  const guess = await takeGuess(deps, { schoolId, subject: `enrolment|${terminal}` }, { guessers: [`address|${sourceIp}`] });
  const typed = Buffer.from(hashEnrolmentCode(enrolment, code), 'hex');
  if (timingSafeEqual(typed, Buffer.from(codeHash, 'hex'))) return guess;
  deps.counter.count('WrongPassword');
  throw new AppError('enrolment.code-unknown');
}

async function answer(deps: EnrolDeps, terminal: Terminal): Promise<EnrolmentReply> {
  const settings = await terminalSettings(deps, terminal);
  const now = deps.clock();
  return { serverTime: toIso(now, settings.school.utcOffsetMinutes), epochMs: now, settings };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
