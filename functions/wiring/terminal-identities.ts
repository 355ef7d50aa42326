import * as v from 'valibot';
import { type IdentityReply, identityBody } from '../../shared/api/terminal-identities';
import { AppError, isAppError, terminalTexts } from '../../shared/errors';
import { createBackOff } from '../lib/back-off';
import { cached } from '../lib/cache';
import { type Clock, systemClock } from '../lib/clock';
import { loadEnvironment, masterKeySetting, readConfig, tableSettings } from '../lib/config';
import type { HandlerDeps } from '../lib/handler';
import type { HttpRequest } from '../lib/http';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { gateOf, verifyIdentity } from '../operations/verify-identity';
import { verifySigned } from '../operations/verify-terminal';
import { createCards } from '../store/cards';
import { createGateRecords } from '../store/gate-records';
import { createHolders } from '../store/holders';
import { createPassbook } from '../store/passbook';
import type { Database } from '../store/table';
import { createTerminals } from '../store/terminals';
import { createDatabase } from './money-in';
import { createKeyring, createPackCache } from './sale-parts';

export const identitiesHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: terminalTexts };

const settings = v.object({ ...tableSettings, ...masterKeySetting });
/** A revoked terminal and a changed pack take effect within this time. */
const BRIEF_MS = 10_000;
const MOST = 5_000;

export type VerifyAtGate = (request: HttpRequest) => Promise<IdentityReply>;

/** @throws AppError config.invalid */
export async function wireTerminalIdentities(): Promise<VerifyAtGate> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  return createIdentitiesOn(createDatabase(config), config.ECODE_MASTER_KEY, systemClock);
}

export function createIdentitiesOn(database: Database, masterKey: Uint8Array, clock: Clock): VerifyAtGate {
  const terminals = createTerminals(database);
  const cards = createCards(database);
  const keysOf = createKeyring(masterKey);
  const packOf = createPackCache(database);
  const terminalOf = cached((key: string) => terminals.find(...numbered(key)), { maxAgeMs: BRIEF_MS, maxEntries: MOST, clock });
  // A school's card number names its account for ever.
  const cardOf = cached((key: string) => cards.find(...parted(key)), { maxAgeMs: Number.MAX_SAFE_INTEGER, maxEntries: MOST, clock });
  const deps = {
    passbook: createPassbook(database),
    clock,
    backOff: createBackOff((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)), Math.random),
    ownCard: (schoolId: string, card: string) => cardOf(`${schoolId}/${card}`),
    gateRecords: createGateRecords(database),
    holders: createHolders(database),
  };
  const findTerminal = (schoolId: string, terminal: number) => terminalOf(`${schoolId}/${terminal}`);
  return async ({ headers, rawBody }) => {
    const signed = { purpose: 'identity', headers, rawBody } as const;
    const { body, bodyHash, terminal } = await verifySigned({ clock, findTerminal }, signed, identityBody);
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

function parted(key: string): readonly [string, string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}

function numbered(key: string): readonly [string, number] {
  const [schoolId, terminal] = parted(key);
  return [schoolId, Number(terminal)];
}
