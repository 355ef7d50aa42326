import { answerWith } from '../lib/answer';
import { createHttpHandler } from '../lib/handler';
import { studentEntryHandlerDeps, wireStudentEntry } from '../wiring/student-entry';
import { entryRoutes } from './entry-routes';

/** ANY /student/entry/{proxy+}: ways to bind beside the password. */
export const handler = createHttpHandler(async () => answerWith(entryRoutes(await wireStudentEntry())), studentEntryHandlerDeps);
