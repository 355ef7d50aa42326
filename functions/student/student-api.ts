import { answerWith } from '../lib/answer';
import { createHttpHandler } from '../lib/handler';
import { studentHandlerDeps, wireStudent } from '../wiring/student';
import { studentRoutes } from './routes';

/** ANY /student/{proxy+} */
export const handler = createHttpHandler(async () => answerWith(studentRoutes(await wireStudent())), studentHandlerDeps);
