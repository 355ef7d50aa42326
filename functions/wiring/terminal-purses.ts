import * as v from 'valibot';
import { type PurseReply, type PurseUsesReply, purseBody, purseUsesBody } from '../../shared/api/purses';
import type { TerminalPurpose } from '../../shared/api/terminal';
import { AppError, errorTable } from '../../shared/errors';
import { cached } from '../lib/cache';
import { type Clock, systemClock } from '../lib/clock';
import { loadEnvironment, masterKeySetting, readConfig, tableSettings } from '../lib/config';
import type { HandlerDeps } from '../lib/handler';
import { type HttpRequest, hasExponent } from '../lib/http';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import type { MachineRequest } from '../operations/machine';
import { type PurseDeps, purseAtMachine } from '../operations/purse-at-machine';
import { type PurseUsesDeps, uploadPurseUses } from '../operations/upload-purse-uses';
import { verifySigned } from '../operations/verify-terminal';
import { createCards } from '../store/cards';
import { createClaims } from '../store/claims';
import { createPurseUses } from '../store/purse-uses';
import { createPurses } from '../store/purses';
import type { Database } from '../store/table';
import { createTerminals, type Terminal } from '../store/terminals';
import { createConfirmDeps, createDatabase } from './money-in';
import { createKeyring } from './sale-parts';

export const pursesHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

const settings = v.object({ ...tableSettings, ...masterKeySetting });
/** A revoked terminal is refused within this time. */
const BRIEF_MS = 10_000;
const MOST = 5_000;

export interface TerminalPurses {
  readonly settle: (request: HttpRequest) => Promise<PurseReply>;
  readonly upload: (request: HttpRequest) => Promise<PurseUsesReply>;
}

/** @throws AppError config.invalid */
export async function wireTerminalPurses(): Promise<TerminalPurses> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  return createTerminalPurses({ database: createDatabase(config), clock: systemClock, masterKey: config.ECODE_MASTER_KEY });
}

export function createTerminalPurses(parts: {
  readonly database: Database;
  readonly clock: Clock;
  readonly masterKey: Uint8Array;
}): TerminalPurses {
  const { database, clock, masterKey } = parts;
  const common = { ...createConfirmDeps(database), clock };
  const terminals = createTerminals(database);
  const cards = createCards(database);
  const keysOf = createKeyring(masterKey);
  const named = (key: string): readonly [string, string] => [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)];
  const terminalOf = cached(
    (key: string) => {
      const [schoolId, terminal] = named(key);
      return terminals.find(schoolId, Number(terminal));
    },
    { maxAgeMs: BRIEF_MS, maxEntries: MOST, clock },
  );
  // A school's card number names its account for ever.
  const cardOf = cached((key: string) => cards.find(...named(key)), { maxAgeMs: Number.MAX_SAFE_INTEGER, maxEntries: MOST, clock });
  const deps: PurseDeps & PurseUsesDeps = {
    ...common,
    ownCard: (schoolId, card) => cardOf(`${schoolId}/${card}`),
    claims: createClaims(database),
    purses: createPurses(database),
    purseUses: createPurseUses(database),
    counter: pursesHandlerDeps.counter,
  };
  const read = async <const S extends v.GenericSchema<unknown, { readonly schoolId: string; readonly terminal: number }>>(
    { headers, rawBody }: HttpRequest,
    purpose: TerminalPurpose,
    schema: S,
  ): Promise<MachineRequest<v.InferOutput<S>> & { readonly terminal: Terminal }> => {
    const findTerminal = (schoolId: string, terminal: number) => terminalOf(`${schoolId}/${terminal}`);
    const { body, bodyHash, terminal } = await verifySigned({ clock, findTerminal }, { purpose, headers, rawBody }, schema);
    // An amount is written out.
    if (hasExponent(rawBody)) throw new AppError('request.malformed');
    return { body, bodyHash, terminal, pack: await common.packOf(body.schoolId), keys: keysOf(body.schoolId) };
  };
  return {
    settle: async (request) => purseAtMachine(deps, await read(request, 'purse', purseBody)),
    upload: async (request) => uploadPurseUses(deps, await read(request, 'purse', purseUsesBody)),
  };
}
