import { measureTopUp } from './lib/measure-top-up';
import { runBench } from './lib/report';

/** `npm run bench -- top-up-cost [--json] [--save]`: what a top-up consumes, by DynamoDB's own answers. */
void runBench('top-up-cost', measureTopUp, process.argv.slice(2));
