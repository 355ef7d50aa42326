import * as v from 'valibot';
import { type PassSaleReply, passSaleBody } from '../../shared/api/passes';
import { AppError, errorTable } from '../../shared/errors';
import { type Clock, systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import type { HandlerDeps } from '../lib/handler';
import { type HttpRequest, hasExponent } from '../lib/http';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { takePass } from '../operations/take-pass';
import { verifySigned } from '../operations/verify-terminal';
import { createClaims } from '../store/claims';
import { createNotices } from '../store/notices';
import { createPassControls, createPasses } from '../store/passes';
import { createReceivableCases } from '../store/receivable-cases';
import type { Database } from '../store/table';
import { createVerifyDeps } from './look-ups';
import { createConfirmDeps, createDatabase } from './money-in';

export const passesHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

const settings = v.object(tableSettings);

/** Passes are verified with public keys and rows alone: this function holds no secret, so it could make none. */
export async function wireTerminalPasses(): Promise<(request: HttpRequest) => Promise<PassSaleReply>> {
  const database = createDatabase(readConfig(settings, await loadEnvironment(process.env, fetch)));
  return createTerminalPasses(database, systemClock);
}

export function createTerminalPasses(database: Database, clock: Clock): (request: HttpRequest) => Promise<PassSaleReply> {
  const verifyDeps = createVerifyDeps(database, clock);
  const deps = {
    ...createConfirmDeps(database),
    clock,
    passes: createPasses(database),
    passControls: createPassControls(database),
    claims: createClaims(database),
    receivableCases: createReceivableCases(database),
    notices: createNotices(database),
  };
  return async ({ headers, rawBody }) => {
    const verified = await verifySigned(verifyDeps, { purpose: 'pass', headers, rawBody }, passSaleBody);
    // An amount is written out.
    if (hasExponent(rawBody)) throw new AppError('request.malformed');
    return takePass(deps, verified);
  };
}
