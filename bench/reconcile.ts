import { runBench } from './lib/report';
import { measureCase, measureReconcile } from './reconcile/measure';

/**
 * `npm run bench -- reconcile [--lines 2000000] [--json] [--save]`: a day's bill of both platforms against orders and passbooks. `--save`
 * measures the day of 200,000 lines and, beside it, one of two million. `--case` is how it runs itself for one platform.
 */
const args = process.argv.slice(2);
const after = (flag: string) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined);
const lines = Number(after('--lines') ?? 200_000);
const channel = after('--case');

if (channel === 'wechat-pay' || channel === 'alipay') {
  void measureCase(channel, lines).then((measured) => console.log(JSON.stringify(measured)));
} else {
  void runBench('reconcile', () => measureReconcile(args.includes('--save') ? [lines, 2_000_000] : [lines]), args);
}
