import { answerWith } from '../lib/answer';
import { createHttpHandler } from '../lib/handler';
import { studentDataHandlerDeps, wireStudentData } from '../wiring/student-data';
import { dataRoutes } from './data-routes';

/** ANY /student/my-data and below: what is kept of a holder. */
export const handler = createHttpHandler(async () => answerWith(dataRoutes(await wireStudentData())), studentDataHandlerDeps);
