import { answerWith } from '../lib/answer';
import { createHttpHandler } from '../lib/handler';
import { studentMoneyHandlerDeps, wireStudentMoney } from '../wiring/student-money';
import { moneyRoutes } from './money-routes';

/** ANY /student/money/{proxy+}: every way a student's money moves beside the plain top-up. */
export const handler = createHttpHandler(async () => answerWith(moneyRoutes(await wireStudentMoney())), studentMoneyHandlerDeps);
