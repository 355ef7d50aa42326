import { type KeyReply, keyBody, keyProofText } from '../../shared/api/terminal-life';
import { AppError } from '../../shared/errors';
import { type EpochMs, toIso } from '../../shared/time';
import type { Clock } from '../lib/clock';
import type { Database } from '../store/table';
import type { Terminal, Terminals } from '../store/terminals';
import { isSignedBy, type SignedRequest, verifySigned } from './verify-terminal';

/** How long the old key is good beside the new one, unless the new one is used before. */
export const BOTH_KEYS_MS = 10 * 60_000;
/** Functions remember a terminal for ten seconds: before that some would not know the new key. */
export const KEY_KNOWN_MS = 10_000;

export interface RotateDeps {
  readonly terminals: Pick<Terminals, 'read' | 'changedRow'>;
  readonly transact: Database['transact'];
  readonly clock: Clock;
  readonly backOff: (tries: number) => Promise<void>;
}

const MAX_TRIES = 10;

/**
 * Gives a terminal its next key. The present key asks, the new one proves itself; from then on both are good, until a heartbeat or a repeat
 * of this is signed with the new one, ten minutes at most. A repeat has the same answer, by whichever of the two it is signed: a terminal
 * that keeps both keys until it is answered is never locked out, whatever was lost.
 *
 * Throws AppError: what `verifySigned` throws, `terminal.bad-signature` (only the present key may name another), `enrolment.proof-wrong`,
 * `request.busy`.
 */
export async function rotateTerminalKey(deps: RotateDeps, request: Omit<SignedRequest, 'purpose'>): Promise<KeyReply> {
  const verify = { clock: deps.clock, findTerminal: deps.terminals.read };
  const verified = await verifySigned(verify, { ...request, purpose: 'key' }, keyBody);
  const { schoolId, terminal: number, publicKey: newKey, proof } = verified.body;
  let terminal: Terminal | undefined = verified.terminal;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) {
      await deps.backOff(tries);
      terminal = await deps.terminals.read(schoolId, number);
    }
    if (terminal?.publicKey === undefined) throw new AppError('terminal.unknown');
    if (terminal.status === 'revoked') throw new AppError('terminal.revoked');
    if (terminal.publicKey === newKey) return keyReply(await retireOldKey(deps, terminal, verified.publicKey), deps.clock());
    if (terminal.publicKey !== verified.publicKey) throw new AppError('terminal.bad-signature');
    const text = keyProofText({ schoolId, terminal: number, presentKey: terminal.publicKey, newKey });
    if (!isSignedBy(newKey, text, Buffer.from(proof, 'base64'))) throw new AppError('enrolment.proof-wrong');
    const previousKey = { publicKey: terminal.publicKey, until: deps.clock() + BOTH_KEYS_MS };
    const next = { ...terminal, publicKey: newKey, previousKey };
    if ((await deps.transact([deps.terminals.changedRow(next)])).written) return keyReply(next, deps.clock());
  }
  throw new AppError('request.busy');
}

/**
 * The terminal as it stands once its new key has been used: the old one is dropped. Of two that are first at one moment either may do it, and
 * one that fails is made good by the next; until then the ten minutes run.
 */
export async function retireOldKey(
  deps: Pick<RotateDeps, 'terminals' | 'transact'>,
  terminal: Terminal,
  usedKey: string,
): Promise<Terminal> {
  const { previousKey, ...rest } = terminal;
  if (previousKey === undefined || usedKey !== terminal.publicKey) return terminal;
  return (await deps.transact([deps.terminals.changedRow(rest)])).written ? rest : terminal;
}

function keyReply({ publicKey = '', previousKey }: Terminal, now: EpochMs): KeyReply {
  const changedAt = previousKey === undefined ? now - KEY_KNOWN_MS : previousKey.until - BOTH_KEYS_MS;
  const isGood = previousKey !== undefined && now <= previousKey.until;
  return {
    serverTime: toIso(now),
    epochMs: now,
    publicKey,
    useFrom: toIso(changedAt + KEY_KNOWN_MS),
    oldKeyUntil: isGood ? toIso(previousKey.until) : null,
  };
}
