import * as v from 'valibot';
import type { TerminalPurpose } from '../../shared/api/terminal';
import { errorTable } from '../../shared/errors';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import type { HandlerDeps } from '../lib/handler';
import type { HttpRequest } from '../lib/http';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { chargeNative, type NativeAnswer, type NativeRequest } from '../operations/charge-native';
import { queryNative } from '../operations/query-native';
import { verifyTerminal } from '../operations/verify-terminal';
import { type VoidNativeDeps, voidNative } from '../operations/void-native';
import type { Database } from '../store/table';
import { createVerifyDeps } from './look-ups';
import { createDatabase } from './money-in';
import { createNativeDeps, nativeSettings } from './native-payments';

export const nativeHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

type Answer = (request: HttpRequest) => Promise<NativeAnswer>;
export interface TerminalNative {
  readonly charge: Answer;
  readonly query: Answer;
  readonly void: Answer;
}

const settings = v.object({ ...tableSettings, ...nativeSettings });

/** Apart from the payment function, which knows no payment platform and holds no key of theirs. @throws AppError config.invalid */
export async function wireTerminalNative(): Promise<TerminalNative> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const database = createDatabase(config);
  return createTerminalNative(database, createNativeDeps(database, config));
}

export function createTerminalNative(database: Database, deps: VoidNativeDeps): TerminalNative {
  const verifyDeps = createVerifyDeps(database, deps.clock);
  const read = async (purpose: TerminalPurpose, { headers, rawBody }: HttpRequest): Promise<NativeRequest> => {
    const { body, bodyHash, attempt, terminal } = await verifyTerminal(verifyDeps, { purpose, headers, rawBody });
    return { body, bodyHash, attempt, terminal, pack: await deps.packOf(body.schoolId) };
  };
  return {
    charge: async (request) => chargeNative(deps, await read('charge', request)),
    query: async (request) => queryNative(deps, await read('query', request)),
    void: async (request) => voidNative(deps, await read('void', request)),
  };
}
