import * as v from 'valibot';
import type { EnrolmentReply, HeartbeatReply, KeyReply } from '../../shared/api/terminal-life';
import { errorTable } from '../../shared/errors';
import { cached } from '../lib/cache';
import { type Clock, systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import type { HandlerDeps } from '../lib/handler';
import type { HttpRequest } from '../lib/http';
import { pinKeysSetting } from '../lib/key-ring-setting';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { type PinKeys, pinPublicKeys } from '../lib/pin-seal';
import { type EnrolDeps, enrolTerminal } from '../operations/enrol-terminal';
import { passFacts } from '../operations/pass-keys';
import { rotateTerminalKey } from '../operations/rotate-terminal-key';
import { type HeartbeatDeps, takeHeartbeat } from '../operations/take-heartbeat';
import { noPasses, revokedAliases } from '../operations/terminal-settings';
import { createEnrolments } from '../store/enrolments';
import { createHeartbeats } from '../store/heartbeats';
import { createLockouts } from '../store/lockouts';
import { createMerchants } from '../store/merchants';
import { createPassControls } from '../store/passes';
import { createIdentityRevocations } from '../store/revoked-names';
import type { Database } from '../store/table';
import { createTerminals } from '../store/terminals';
import { createConfirmDeps, createDatabase } from './money-in';

export const lifeHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

const settings = v.object({ ...tableSettings, ...pinKeysSetting });
/** An envelope that was given up is told of within this time. */
const PASSES = { maxAgeMs: 5_000, maxEntries: 1_000 };
const NAMES = { maxAgeMs: 60_000, maxEntries: 1_000 };

export interface TerminalLife {
  readonly enrol: (request: HttpRequest) => Promise<EnrolmentReply>;
  readonly rotate: (request: HttpRequest) => Promise<KeyReply>;
  readonly heartbeat: (request: HttpRequest) => Promise<HeartbeatReply>;
}

/** Of the secrets it has the keys that passwords are sealed to, whose public halves it hands out. @throws AppError config.invalid */
export async function wireTerminalLife(): Promise<TerminalLife> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  return createTerminalLife({ database: createDatabase(config), clock: systemClock, pinKeys: config.ECODE_PIN_KEYS });
}

export interface LifeParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly pinKeys: PinKeys;
}

/** Terminals are read anew each time: whoever is revoked is refused here at once, and a new key is known at once. */
export function createTerminalLife({ database, clock, pinKeys }: LifeParts): TerminalLife {
  const merchants = createMerchants(database);
  const merchantOf = cached(
    (key: string) => {
      const [schoolId = '', merchant = ''] = key.split('/');
      return merchants.find(schoolId, Number(merchant));
    },
    { ...NAMES, clock },
  );
  const passControls = createPassControls(database);
  const factsOf = cached((schoolId: string) => passFacts({ passControls, clock }, schoolId), { ...PASSES, clock });
  const identityRevocations = createIdentityRevocations(database);
  const aliasesOf = cached((schoolId: string) => revokedAliases({ identityRevocations, clock }, schoolId), { ...PASSES, clock });
  const deps: EnrolDeps & HeartbeatDeps = {
    ...createConfirmDeps(database),
    clock,
    terminals: createTerminals(database),
    enrolments: createEnrolments(database),
    heartbeats: createHeartbeats(database),
    lockouts: createLockouts(database),
    counter: lifeHandlerDeps.counter,
    transact: (writes, token) => database.transact(writes, token),
    merchantOf: (schoolId, merchant) => merchantOf(`${schoolId}/${merchant}`),
    pinKeys: pinPublicKeys(pinKeys),
    passFacts: async (schoolId) => (await factsOf(schoolId)) ?? noPasses(schoolId),
    revokedAliases: async (schoolId) => (await aliasesOf(schoolId)) ?? { names: [], more: true },
  };
  return {
    enrol: (request) => enrolTerminal(deps, request),
    rotate: (request) => rotateTerminalKey(deps, request),
    heartbeat: (request) => takeHeartbeat(deps, request),
  };
}
