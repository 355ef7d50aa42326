import { measureCodeVerify } from './lib/measure-code-verify';
import { runBench } from './lib/report';

/** `npm run bench -- code-verify [--json] [--save]`: how many codes one core verifies in a second. */
void runBench('code-verify', async () => measureCodeVerify(), process.argv.slice(2));
