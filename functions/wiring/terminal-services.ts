import * as v from 'valibot';
import { type CardsReply, cardsBody } from '../../shared/api/terminal-cards';
import { type CashReply, type ChipReply, cashBody, chipBody, claimBody, type machineReply } from '../../shared/api/terminal-services';
import { type CardStatementReply, cardStatementBody } from '../../shared/api/terminal-statements';
import { errorTable } from '../../shared/errors';
import { cached } from '../lib/cache';
import { systemClock } from '../lib/clock';
import { loadEnvironment, readConfig } from '../lib/config';
import type { HandlerDeps } from '../lib/handler';
import type { HttpRequest } from '../lib/http';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { type CardOnTerminalDeps, cardOnTerminal } from '../operations/card-on-terminal';
import { type CardStatementDeps, cardStatement } from '../operations/card-statement';
import { claimAtMachine, type MachineClaimDeps } from '../operations/claim-at-machine';
import { type TakeCashDeps, takeCash } from '../operations/take-cash';
import { writeChip } from '../operations/write-chip';
import { createAdjustments } from '../store/adjustments';
import { createHouseActs } from '../store/house-acts';
import { createMerchants } from '../store/merchants';
import { createMachineParts, machineSettings, partsOf, type ServiceParts } from './machine-parts';
import { createDatabase } from './money-in';

export const servicesHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

const settings = v.object(machineSettings);
/** Names of merchants may be this old. */
const NAMES_MS = 10_000;

export interface TerminalServices {
  readonly claim: (request: HttpRequest) => Promise<v.InferOutput<typeof machineReply>>;
  readonly chip: (request: HttpRequest) => Promise<ChipReply>;
  readonly cash: (request: HttpRequest) => Promise<CashReply>;
  readonly card: (request: HttpRequest) => Promise<CardsReply>;
  readonly statement: (request: HttpRequest) => Promise<CardStatementReply>;
}

/** @throws AppError config.invalid */
export async function wireTerminalServices(): Promise<TerminalServices> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const { counter } = servicesHandlerDeps;
  return createTerminalServices({ database: createDatabase(config), clock: systemClock, counter, ...partsOf(config) });
}

export function createTerminalServices(parts: ServiceParts): TerminalServices {
  const { database, clock } = parts;
  const machine = createMachineParts(parts);
  const { read } = machine;
  const merchants = createMerchants(database);
  const merchantOf = cached((key: string) => merchants.find(key.slice(0, key.indexOf('/')), Number(key.slice(key.indexOf('/') + 1))), {
    clock,
    maxAgeMs: NAMES_MS,
    maxEntries: 2_000,
  });
  const deps: MachineClaimDeps & TakeCashDeps & CardOnTerminalDeps & CardStatementDeps = {
    ...machine.deps,
    houseActs: createHouseActs(database),
    adjustments: createAdjustments(database),
    merchantOf: (schoolId, merchant) => merchantOf(`${schoolId}/${merchant}`),
  };
  return {
    claim: async (request) => claimAtMachine(deps, await read(request, 'claim', claimBody)),
    chip: async (request) => writeChip(deps, await read(request, 'chip', chipBody)),
    cash: async (request) => takeCash(deps, await read(request, 'cash', cashBody)),
    card: async (request) => cardOnTerminal(deps, await read(request, 'card', cardsBody)),
    statement: async (request) => cardStatement(deps, await read(request, 'statement', cardStatementBody)),
  };
}
