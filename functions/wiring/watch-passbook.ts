import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';

export const watchReport = { log: createLog(), counter: createCounter() };
