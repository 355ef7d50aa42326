import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlipaySdk } from 'alipay-sdk';
import WechatPay from 'wechatpay-node-v3';
import { type Sandbox, startSandbox } from './start';
import { paymentParameters } from './test/merchant';

/** The merchant's side here is the vendors' own kind of client: Ant Group's SDK, and the common one for WeChat Pay. */
interface Arrived {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

let folder: string;
let sandbox: Sandbox;
let merchant: Server;
let merchantUrl: string;
const arrived: Arrived[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  merchant = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      arrived.push({ path: request.url ?? '', headers, body: Buffer.concat(chunks).toString('utf8') });
      response.end('success');
    });
  });
  await new Promise<void>((resolve) => merchant.listen(0, '127.0.0.1', resolve));
  const address = merchant.address();
  merchantUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  sandbox = await startSandbox({ port: 0, dataFolder: folder });
});

afterAll(async () => {
  await sandbox.stop();
  await new Promise((resolve) => merchant.close(resolve));
  rmSync(folder, { recursive: true });
});

async function post(path: string, value: unknown): Promise<Record<string, unknown>> {
  const body = JSON.stringify(value);
  const response = await fetch(sandbox.baseUrl + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await response.json()) as Record<string, unknown>;
}

async function arrival(path: string): Promise<Arrived> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = arrived.find((one) => one.path === path);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`nothing arrived at ${path}`);
}

/** wechatpay-node-v3 has its host built in; only the host is replaced, the signature is its own. */
function wechatClient(): WechatPay {
  const { wechatPay, wechatLogin } = sandbox.credentials;
  const pay = new WechatPay({
    appid: wechatLogin.miniProgram.appid,
    mchid: wechatPay.mchid,
    publicKey: Buffer.from(wechatPay.merchantCertificatePem),
    privateKey: Buffer.from(wechatPay.merchantPrivateKeyPem),
    key: wechatPay.apiV3Key,
  });
  pay.createHttp({
    async post(url: string, params: Record<string, unknown>, headers: Record<string, string>) {
      const body = JSON.stringify(params);
      const response = await fetch(url.replace('https://api.mch.weixin.qq.com', wechatPay.baseUrl), { method: 'POST', headers, body });
      return { status: response.status, data: await response.json() };
    },
    async get(url: string, headers: Record<string, string>) {
      const response = await fetch(url.replace('https://api.mch.weixin.qq.com', wechatPay.baseUrl), { headers });
      return { status: response.status, data: await response.json() };
    },
  } as never);
  return pay;
}

test('wechatpay-node-v3 orders with its own signature, its paySign opens the cashier, and its verifySign accepts the callback', async () => {
  const pay = wechatClient();
  const person = sandbox.world.addPerson('甲');
  const { appid } = sandbox.credentials.wechatLogin.miniProgram;
  const result = await pay.transactions_jsapi({
    description: '校园卡充值',
    out_trade_no: 'sdk_order_1',
    notify_url: `${merchantUrl}/wechat`,
    amount: { total: 2000 },
    payer: { openid: sandbox.world.openid('wechat', appid, person.id) ?? '' },
  });
  expect(result).toMatchObject({ status: 200, data: { signType: 'RSA', package: expect.stringMatching(/^prepay_id=wx/) } });
  const opened = await post('/cashier/open', { platform: 'wechat-pay', parameters: result.data, person: person.id });
  expect(opened).toMatchObject({ state: 'open', amountFen: 2000 });
  expect((await post(`/cashier/${String(opened.id)}/pay`, {})).state).toBe('paid');

  const notice = await arrival('/wechat');
  const holds = await pay.verifySign({
    timestamp: notice.headers['wechatpay-timestamp'] ?? '',
    nonce: notice.headers['wechatpay-nonce'] ?? '',
    serial: notice.headers['wechatpay-serial'] ?? '',
    signature: notice.headers['wechatpay-signature'] ?? '',
    body: notice.body,
    apiSecret: sandbox.credentials.wechatPay.apiV3Key,
  });
  expect(holds).toBe(true);
  const { ciphertext, associated_data, nonce } = JSON.parse(notice.body).resource;
  expect(pay.decipher_gcm(ciphertext, associated_data, nonce)).toMatchObject({ out_trade_no: 'sdk_order_1', trade_state: 'SUCCESS' });
  expect(await pay.query({ out_trade_no: 'sdk_order_1' })).toMatchObject({ status: 200, data: { trade_state: 'SUCCESS' } });
});

test('alipay-sdk creates a trade, verifies the answer, and verifies the notice that follows the payment', async () => {
  const { alipay } = sandbox.credentials;
  const sdk = new AlipaySdk({
    appId: alipay.miniProgramAppId,
    privateKey: alipay.appPrivateKeyPem,
    keyType: 'PKCS8',
    alipayPublicKey: alipay.alipayPublicKeyPem,
    gateway: alipay.gatewayUrl,
  });
  const beijing = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
  const person = sandbox.world.addPerson('乙');
  const bizContent = {
    out_trade_no: 'sdk_order_2',
    total_amount: '100.00',
    subject: '校园卡充值',
    product_code: 'JSAPI_PAY',
    op_app_id: alipay.miniProgramAppId,
    buyer_open_id: sandbox.world.openid('alipay', alipay.miniProgramAppId, person.id),
  };
  const parameters = { bizContent, notifyUrl: `${merchantUrl}/alipay`, timestamp: beijing };
  const created = await sdk.exec('alipay.trade.create', parameters, { validateSign: true });
  expect(created).toMatchObject({ code: '10000', outTradeNo: 'sdk_order_2' });
  const opened = await post('/cashier/open', { platform: 'alipay', parameters: { tradeNO: created.tradeNo }, person: person.id });
  expect((await post(`/cashier/${String(opened.id)}/pay`, {})).result).toEqual({ resultCode: '9000', memo: '' });

  const notice = await arrival('/alipay');
  const form = Object.fromEntries(new URLSearchParams(notice.body));
  expect(sdk.checkNotifySignV2(form)).toBe(true);
  expect(form).toMatchObject({ trade_status: 'TRADE_SUCCESS', total_amount: '100.00' });

  const code = sandbox.world.loginCode({ app: 'alipay', person: person.id });
  const token = await sdk.exec(
    'alipay.system.oauth.token',
    { grantType: 'authorization_code', code, timestamp: beijing },
    { validateSign: true },
  );
  expect(token).toMatchObject({ openId: bizContent.buyer_open_id });
});

test('a restart on the same folder keeps keys, persons, orders and payments', async () => {
  const before = sandbox;
  const person = before.world.addPerson('丙');
  const openid = before.world.openid('wechat', before.credentials.wechatLogin.miniProgram.appid, person.id);
  const paid = JSON.stringify(before.world.state.wechatOrders.sdk_order_1);
  await before.stop();
  sandbox = await startSandbox({ port: before.port, dataFolder: folder });
  expect(sandbox.credentials).toEqual(before.credentials);
  expect(JSON.stringify(sandbox.world.state.wechatOrders.sdk_order_1)).toBe(paid);
  expect(sandbox.world.openid('wechat', sandbox.credentials.wechatLogin.miniProgram.appid, person.id)).toBe(openid);
});

test('what was answered is on disk: the order is in the file as soon as the platform has said yes', async () => {
  const pay = wechatClient();
  const person = sandbox.world.addPerson('丁');
  const openid = sandbox.world.openid('wechat', sandbox.credentials.wechatLogin.miniProgram.appid, person.id) ?? '';
  const order = {
    description: 'x',
    out_trade_no: 'sdk_order_3',
    notify_url: `${merchantUrl}/wechat`,
    amount: { total: 1 },
    payer: { openid },
  };
  await pay.transactions_jsapi(order);
  expect(JSON.parse(readFileSync(join(folder, 'world.json'), 'utf8')).wechatOrders.sdk_order_3.totalFen).toBe(1);
  expect(statSync(join(folder, 'keys.json')).mode & 0o777).toBe(0o600);
});

test('a lost answer is a broken connection', async () => {
  sandbox.world.switchOutage('alipay', 'answer-lost');
  await expect(fetch(`${sandbox.baseUrl}/alipay/gateway.do`, { method: 'POST', body: 'x=1' })).rejects.toThrow();
  sandbox.world.switchOutage('alipay', 'none');
});

test('pages of this machine may drive it from a browser, other sites may not', async () => {
  const ask = async (origin: string) =>
    (await fetch(`${sandbox.baseUrl}/control/persons`, { headers: { origin } })).headers.get('access-control-allow-origin');
  expect(await ask('http://127.0.0.1:8080')).toBe('http://127.0.0.1:8080');
  expect(await ask('http://phone.localhost:8080')).toBe('http://phone.localhost:8080');
  expect(await ask('https://example.com')).toBeNull();
});

test('a busy port is an error that says so', async () => {
  await expect(startSandbox({ port: sandbox.port, dataFolder: folder })).rejects.toThrow(/EADDRINUSE/);
});

test('an own paySign over HTTP is refused when another key made it', async () => {
  const forged = { ...paymentParameters(sandbox.world, 'wx1', Date.now()), paySign: 'AAAA' };
  expect(await post('/cashier/open', { platform: 'wechat-pay', parameters: forged })).toMatchObject({ refusal: '支付验证签名失败' });
});
