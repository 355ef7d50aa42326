import path from 'node:path';
import { parseArgs } from 'node:util';
import { createBenchTop } from '../bench-top/service';
import { EngineMissing } from './dynamodb-engine';
import { isFree } from './ports';
import { DEFAULT_PORTS, type Stack, startStack } from './stack';

/** `npm start`, once packages and the browser build are there (scripts/start.mjs sees to both). */
const root = path.resolve(__dirname, '..', '..');
const { values } = parseArgs({
  options: { fresh: { type: 'boolean', default: false }, port: { type: 'string' }, data: { type: 'string' } },
});

async function main(): Promise<void> {
  const dataFolder = path.resolve(root, values.data ?? '.data');
  const web = readPort(values.port);
  const ports = { web, http: web + 1, lambda: web + 2, sandbox: web + 3 };
  const busy: number[] = [];
  for (const port of Object.values(ports)) if (!(await isFree(port))) busy.push(port);
  if (busy.length > 0) console.log(`端口 ${busy.join('、')} 已被占用，改用其他端口 · port ${busy.join(', ')} in use, taking others`);

  let stack: Stack | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (code: number): void => {
    stopping ??= (async () => {
      await stack?.stop();
      process.exit(code);
    })();
    stopping.catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));

  stack = await startStack({
    root,
    dataFolder,
    fresh: values.fresh,
    ports,
    benchTop: createBenchTop,
    // The platforms' own retry schedule runs over 25 hours; here its waits pass 600 times as fast.
    speed: 600,
    onProgress: (zh, en) => console.log(`· ${zh} · ${en}`),
    onBroken: (reason) => {
      console.error(reason);
      stop(1);
    },
  });
  console.log(welcome(stack, dataFolder));
}

function readPort(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORTS.web;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_500)
    throw new Error(`--port 应为 1 到 65500 之间的整数 · --port is a whole number from 1 to 65500, not ${text}`);
  return port;
}

function welcome(stack: Stack, dataFolder: string): string {
  return `
校园e码通已启动 · e-code card is running

    试验台 bench top     ${stack.web.url}/
    手机一 WeChat phone  ${stack.web.url}/phone/wechat/
    手机二 Alipay phone  ${stack.web.url}/phone/alipay/

试一试 · What to try
  1. 手机一：搜索 shkjdx，选上海科技大学，用 王小明 / 2021000037 绑定（初始密码见规则提示）。
     Phone one: search shkjdx, choose ShanghaiTech, bind as 王小明 / 2021000037.
  2. 充值 ¥20，在收银台按「支付」；余额先在过渡余额里，刷卡或扫码时自动领取。
     Top up ¥20 and press 支付 at the cashier; it waits as transit and is claimed by the first charge.
  3. 打开付款码，让 POS 扫 ¥12.50，再看账单：−12.50 与 +20.00。
     Show the payment code, let the POS charge ¥12.50, then look at the statement.
  4. 在收银台选一种故障（回调丢失、重复、改一个字节），看钱仍然只入账一次。
     Pick a fault at the cashier (lost, repeated, one byte flipped): the money still arrives exactly once.
  5. 点「对账 ›」，造几笔充值，让账单说谎，再按「对账」：不可信的账单什么也不改，可信的补上缺失的钱。
     Open 对账 ›, make top-ups, let the bill lie, and reconcile: a bill that cannot be believed changes nothing,
     an honest one brings what was missing.

数据 data: ${path.relative(root, dataFolder) || dataFolder}（--fresh 重新开始 begins anew） · 日志 log: ${path.relative(root, stack.logFile)}
Ctrl-C 停止 stops everything.
`;
}

main().catch((error: unknown) => {
  console.error(error instanceof EngineMissing ? error.message : error);
  process.exit(1);
});
