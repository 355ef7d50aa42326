import { answerWith } from '../lib/answer';
import { createHttpHandler } from '../lib/handler';
import { staffHandlerDeps, wireStaff } from '../wiring/staff';
import { staffRoutes } from './routes';

/** ANY /staff/{proxy+}: finance, the card office, merchants' own people, auditors. */
export const handler = createHttpHandler(async () => answerWith(staffRoutes(await wireStaff())), staffHandlerDeps);
