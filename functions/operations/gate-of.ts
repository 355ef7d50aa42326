import type { TerminalGate } from '../../shared/api/terminal-identities';
import { AppError } from '../../shared/errors';
import type { Terminal } from '../store/terminals';

/** Whether the card office lets the terminal ask who stands there. */
export function isGate({ kind, gate }: Terminal): boolean {
  return gate !== undefined || kind === 'gate';
}

/** What the card office enrolled the terminal as. Throws AppError `terminal.wrong-kind`: it is no gate and verifies no one. */
export function gateOf(terminal: Terminal): TerminalGate {
  if (terminal.gate !== undefined) return terminal.gate;
  if (!isGate(terminal)) throw new AppError('terminal.wrong-kind');
  return { group: 'all', direction: 'both', antiPassback: false };
}
