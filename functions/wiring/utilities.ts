import type { UtilityDeps } from '../operations/pay-utility';
import { utilityRoute } from '../operations/utility-route';
import { createUtilityGateway } from '../platforms/utility/utility-gateway';
import { createHolders } from '../store/holders';
import { createPayOuts } from '../store/pay-outs';
import type { MoneyParts } from './money-parts';

/** What paying network and electricity borrows from the world. */
export function createUtilityDeps({ database, config, clock, randomBytes, common }: MoneyParts): UtilityDeps {
  const utilityGateway = createUtilityGateway(config.ECODE_UTILITY, { fetch, now: clock, randomBytes });
  return {
    ...common,
    payOuts: createPayOuts(database),
    holders: createHolders(database),
    routes: { utility: utilityRoute(utilityGateway) },
    utilityGateway,
  };
}
