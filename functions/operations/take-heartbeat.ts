import { type HeartbeatReply, heartbeatBody } from '../../shared/api/terminal-life';
import { toIso } from '../../shared/time';
import { isOlder } from '../domain/software-version';
import type { Clock } from '../lib/clock';
import type { Heartbeats } from '../store/heartbeats';
import type { Database } from '../store/table';
import type { Terminals } from '../store/terminals';
import { retireOldKey } from './rotate-terminal-key';
import { type SettingsDeps, terminalSettings } from './terminal-settings';
import { type SignedRequest, verifySigned } from './verify-terminal';

export interface HeartbeatDeps extends SettingsDeps {
  readonly terminals: Pick<Terminals, 'read' | 'changedRow'>;
  readonly heartbeats: Heartbeats;
  readonly transact: Database['transact'];
  readonly clock: Clock;
}

/** However often a terminal tells how it is, it is written down once in this time. */
export const HEARTBEAT_EVERY_MS = 60_000;

/**
 * How a terminal is; it hears the time, whether its software is too old, and its settings as they stand. A heartbeat signed with a new key
 * ends the old one.
 *
 * Throws AppError: what `verifySigned` throws, `school.unknown`.
 */
export async function takeHeartbeat(deps: HeartbeatDeps, request: Omit<SignedRequest, 'purpose'>): Promise<HeartbeatReply> {
  const verify = { clock: deps.clock, findTerminal: deps.terminals.read };
  const { body, terminal, publicKey } = await verifySigned(verify, { ...request, purpose: 'heartbeat' }, heartbeatBody);
  const { schoolId, software, clock, nextSequence, openSales, faults } = body;
  await retireOldKey(deps, terminal, publicKey);
  const [settings, { oldestSoftware }, before] = await Promise.all([
    terminalSettings(deps, terminal),
    deps.packOf(schoolId),
    deps.heartbeats.find(schoolId, terminal.terminal),
  ]);
  const now = deps.clock();
  const clockOffsetMs = clock - now;
  if (before === undefined || now - before.at >= HEARTBEAT_EVERY_MS) {
    const heard = { schoolId, terminal: terminal.terminal, at: now, software, clockOffsetMs, nextSequence, openSales, faults };
    await deps.heartbeats.save(heard, before);
  }
  const oldest = oldestSoftware?.[settings.terminal.kind];
  return {
    serverTime: toIso(now, settings.school.utcOffsetMinutes),
    epochMs: now,
    clockOffsetMs,
    softwareTooOld: oldest !== undefined && isOlder(software, oldest),
    settings,
  };
}
