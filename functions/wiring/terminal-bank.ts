import * as v from 'valibot';
import { type MachineBankReply, machineBankBody } from '../../shared/api/terminal-bank';
import { errorTable } from '../../shared/errors';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig } from '../lib/config';
import type { HandlerDeps } from '../lib/handler';
import type { HttpRequest } from '../lib/http';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { bankAtMachine } from '../operations/bank-at-machine';
import type { Banks } from '../operations/bank-order-source';
import { createBankBindings } from '../store/bank-bindings';
import { createBankCards } from '../store/bank-cards';
import { bankSetting, createBanks } from './banks';
import { createMachineParts, machineSettings, partsOf, type ServiceParts } from './machine-parts';
import { createDatabase } from './money-in';

export const bankHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

const settings = v.object({ ...machineSettings, ...bankSetting });

export type TerminalBank = (request: HttpRequest) => Promise<MachineBankReply>;

/** @throws AppError config.invalid */
export async function wireTerminalBank(): Promise<TerminalBank> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const { counter } = bankHandlerDeps;
  const parts = { database: createDatabase(config), clock: systemClock, counter, ...partsOf(config) };
  return createTerminalBank(parts, createBanks(config));
}

export function createTerminalBank(parts: ServiceParts, banks: Banks): TerminalBank {
  const { deps, read } = createMachineParts(parts);
  const { database } = parts;
  const all = { ...deps, banks, bankCards: createBankCards(database), bankBindings: createBankBindings(database) };
  return async (request) => bankAtMachine(all, await read(request, 'bank', machineBankBody));
}
