import * as v from 'valibot';
import { type IdentityReply, identityBody } from '../../shared/api/terminal-identities';
import { AppError, isAppError, terminalTexts } from '../../shared/errors';
import { createBackOff } from '../lib/back-off';
import { type Clock, systemClock } from '../lib/clock';
import { loadEnvironment, masterKeySetting, readConfig, tableSettings } from '../lib/config';
import type { HandlerDeps } from '../lib/handler';
import type { HttpRequest } from '../lib/http';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { gateOf } from '../operations/gate-of';
import { verifyIdentity } from '../operations/verify-identity';
import { verifySigned } from '../operations/verify-terminal';
import { createGateRecords } from '../store/gate-records';
import { createHolders } from '../store/holders';
import { createPassbook } from '../store/passbook';
import type { Database } from '../store/table';
import { createOwnCard, createVerifyDeps } from './look-ups';
import { createDatabase } from './money-in';
import { createKeyring, createPackCache } from './sale-parts';

export const identitiesHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: terminalTexts };

const settings = v.object({ ...tableSettings, ...masterKeySetting });

export type VerifyAtGate = (request: HttpRequest) => Promise<IdentityReply>;

/** @throws AppError config.invalid */
export async function wireTerminalIdentities(): Promise<VerifyAtGate> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  return createIdentitiesOn(createDatabase(config), config.ECODE_MASTER_KEY, systemClock);
}

export function createIdentitiesOn(database: Database, masterKey: Uint8Array, clock: Clock): VerifyAtGate {
  const verifyDeps = createVerifyDeps(database, clock);
  const keysOf = createKeyring(masterKey);
  const packOf = createPackCache(database);
  const deps = {
    passbook: createPassbook(database),
    clock,
    backOff: createBackOff((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)), Math.random),
    ownCard: createOwnCard(database, clock),
    gateRecords: createGateRecords(database),
    holders: createHolders(database),
  };
  return async ({ headers, rawBody }) => {
    const signed = { purpose: 'identity', headers, rawBody } as const;
    const { body, bodyHash, terminal } = await verifySigned(verifyDeps, signed, identityBody);
    const gate = gateOf(terminal);
    const pack = await packOf(body.schoolId);
    if (pack === undefined) throw new AppError('school.unknown');
    try {
      return await verifyIdentity(deps, { body, bodyHash, gate, pack, keys: keysOf(body.schoolId) });
    } catch (error) {
      // A gate is where codes could be guessed without money being missed.
      if (isAppError(error) && error.code === 'identity.not-valid') identitiesHandlerDeps.counter.count('WrongCodeMac');
      throw error;
    }
  };
}
