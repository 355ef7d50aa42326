import { measurePayment } from './lib/measure-payment';
import { runBench } from './lib/report';

/** `npm run bench -- payment-cost [--json] [--save]`: what one charge consumes, by DynamoDB's own answers. */
void runBench('payment-cost', measurePayment, process.argv.slice(2));
