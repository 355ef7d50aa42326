import * as v from 'valibot';
import { type PurseReply, type PurseUsesReply, purseBody, purseUsesBody } from '../../shared/api/purses';
import type { TerminalPurpose } from '../../shared/api/terminal';
import { AppError, errorTable } from '../../shared/errors';
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
import { createClaims } from '../store/claims';
import { createPurseUses } from '../store/purse-uses';
import { createPurses } from '../store/purses';
import type { Database } from '../store/table';
import type { Terminal } from '../store/terminals';
import { createOwnCard, createVerifyDeps } from './look-ups';
import { createConfirmDeps, createDatabase } from './money-in';
import { createKeyring } from './sale-parts';

export const pursesHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

const settings = v.object({ ...tableSettings, ...masterKeySetting });

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
  const verifyDeps = createVerifyDeps(database, clock);
  const keysOf = createKeyring(masterKey);
  const deps: PurseDeps & PurseUsesDeps = {
    ...common,
    ownCard: createOwnCard(database, clock),
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
    const { body, bodyHash, terminal } = await verifySigned(verifyDeps, { purpose, headers, rawBody }, schema);
    // An amount is written out.
    if (hasExponent(rawBody)) throw new AppError('request.malformed');
    return { body, bodyHash, terminal, pack: await common.packOf(body.schoolId), keys: keysOf(body.schoolId) };
  };
  return {
    settle: async (request) => purseAtMachine(deps, await read(request, 'purse', purseBody)),
    upload: async (request) => uploadPurseUses(deps, await read(request, 'purse', purseUsesBody)),
  };
}
