import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { AlipaySdk } from 'alipay-sdk';
import WechatPay from 'wechatpay-node-v3';
import { businessDay, DAY_MS } from '../../shared/time';
import { beijingText } from '../lib/beijing';
import { type Sandbox, startSandbox } from '../start';
import { unzip } from './unzip';

/** Codes, refunds, bills and agreements over HTTP, asked for by the clients that merchants use: their signatures, their way of reading. */
let folder: string;
let sandbox: Sandbox;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-sdks-'));
  sandbox = await startSandbox({ port: 0, dataFolder: folder });
  sandbox.world.addPerson('甲');
});

afterAll(async () => {
  await sandbox.stop();
  rmSync(folder, { recursive: true });
});

afterEach(() => sandbox.world.books.setTime(undefined));

async function post(path: string, value: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(sandbox.baseUrl + path, { method: 'POST', body: JSON.stringify(value) });
  return (await response.json()) as Record<string, unknown>;
}

async function scanAndPay(code: unknown): Promise<void> {
  const opened = await post('/cashier/scan', { code });
  expect((await post(`/cashier/${String(opened.id)}/pay`, {})).state).toBe('paid');
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
  const answer = async (url: string, init: RequestInit) => {
    const response = await fetch(url.replace('https://api.mch.weixin.qq.com', wechatPay.baseUrl), init);
    const bytes = Buffer.from(await response.arrayBuffer());
    const json = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, data: json ? JSON.parse(bytes.toString()) : bytes };
  };
  pay.createHttp({
    post: (url: string, params: Record<string, unknown>, headers: Record<string, string>) =>
      answer(url, { method: 'POST', headers, body: JSON.stringify(params) }),
    get: (url: string, headers: Record<string, string>) => answer(url, { headers }),
  } as never);
  return pay;
}

function alipayClient(): AlipaySdk {
  const { alipay } = sandbox.credentials;
  return new AlipaySdk({
    appId: alipay.miniProgramAppId,
    privateKey: alipay.appPrivateKeyPem,
    keyType: 'PKCS8',
    alipayPublicKey: alipay.alipayPublicKeyPem,
    gateway: alipay.gatewayUrl,
    camelcase: false,
  });
}

const timestamp = () => beijingText(Date.now());

test('wechatpay-node-v3: a Native code, a refund, and the bill of the day', async () => {
  const pay = wechatClient();
  const ordered = await pay.transactions_native({
    description: '校园卡充值',
    out_trade_no: 'sdk_native_1',
    notify_url: 'http://127.0.0.1:9/wechat',
    amount: { total: 2000 },
  });
  await scanAndPay((ordered.data as { code_url: string }).code_url);
  expect(await pay.query({ out_trade_no: 'sdk_native_1' })).toMatchObject({ data: { trade_state: 'SUCCESS', trade_type: 'NATIVE' } });
  const amount = { refund: 500, total: 2000, currency: 'CNY' };
  expect(await pay.refunds({ out_trade_no: 'sdk_native_1', out_refund_no: 'sdk_refund_1', amount })).toMatchObject({
    data: { status: 'PROCESSING' },
  });
  expect(await pay.find_refunds('sdk_refund_1')).toMatchObject({ data: { out_refund_no: 'sdk_refund_1' } });
  const bill_date = businessDay(Date.now());
  sandbox.world.books.setTime(Date.now() + 2 * DAY_MS);
  const applied = await pay.tradebill({ bill_date, bill_type: 'ALL', tar_type: 'GZIP' });
  const { download_url, hash_type } = applied.data as { download_url: string; hash_type: string };
  expect(hash_type).toBe('SHA1');
  // The SDK signs what follows the vendor's own host.
  const url = download_url.replace(sandbox.credentials.wechatPay.baseUrl, 'https://api.mch.weixin.qq.com');
  const bill = gunzipSync((await pay.downloadBill(url)).data as unknown as Buffer).toString('utf8');
  expect(bill.split('\r\n')).toHaveLength(6);
  expect(bill).toContain('`sdk_refund_1,`5.00,');
});

test('alipay-sdk: precreate, a refund, and the zipped bill of the day', async () => {
  const sdk = alipayClient();
  const ask = (method: string, bizContent: Record<string, unknown>) =>
    sdk.exec(method, { bizContent, timestamp: timestamp() }, { validateSign: true });
  const made = await ask('alipay.trade.precreate', { out_trade_no: 'sdk_code_1', total_amount: '20.00', subject: '校园卡充值' });
  await scanAndPay(made.qr_code);
  const refunded = await ask('alipay.trade.refund', { out_trade_no: 'sdk_code_1', refund_amount: '5.00', out_request_no: 'sdk_refund_2' });
  expect(refunded).toMatchObject({ code: '10000', fund_change: 'Y' });
  const day = businessDay(Date.now());
  sandbox.world.books.setTime(Date.now() + 2 * DAY_MS);
  const { bill_download_url } = await ask('alipay.data.dataservice.bill.downloadurl.query', { bill_type: 'trade', bill_date: day });
  const files = unzip(Buffer.from(await (await fetch(String(bill_download_url))).arrayBuffer()));
  const [detail = Buffer.alloc(0)] = files.values();
  expect(new TextDecoder('gbk').decode(detail)).toContain('#退款合计：1笔，商家实收退款共-5.00元');
  const log = await ask('alipay.data.bill.accountlog.query', { start_time: `${day} 00:00:00`, end_time: `${day} 23:59:59` });
  expect(log.total_size).toBe('4');
});

test('alipay-sdk: pageExecute opens the cashier of a computer, sdkExecute the page of consent', async () => {
  const sdk = alipayClient();
  const bizContent = { out_trade_no: 'sdk_page_1', total_amount: '1.00', subject: '充值', product_code: 'FAST_INSTANT_TRADE_PAY' };
  const url = sdk.pageExecute('alipay.trade.page.pay', 'GET', { bizContent, timestamp: timestamp(), returnUrl: 'http://127.0.0.1:9/back' });
  const page = await fetch(url);
  expect(page.url).toContain('/cashier/page-pay/');
  expect(await page.text()).toContain('请使用支付宝');
  const sign = {
    personal_product_code: 'GENERAL_WITHHOLDING_P',
    sign_scene: 'INDUSTRY|EDU',
    external_agreement_no: 'sdkcontract1',
    access_params: { channel: 'ALIPAYAPP' },
  };
  const signStr = sdk.sdkExecute('alipay.user.agreement.page.sign', { bizContent: sign, timestamp: timestamp() });
  const opened = await post('/cashier/consent', { platform: 'alipay', parameters: { signStr } });
  expect(await post(`/cashier/consent/${String(opened.id)}/agree`, {})).toMatchObject({ result: { resultStatus: '7000' } });
  const query = { personal_product_code: sign.personal_product_code, sign_scene: sign.sign_scene, external_agreement_no: 'sdkcontract1' };
  const agreement = await sdk.exec('alipay.user.agreement.query', { bizContent: query, timestamp: timestamp() }, { validateSign: true });
  const paid = await sdk.exec(
    'alipay.trade.pay',
    {
      bizContent: {
        out_trade_no: 'sdk_deduct_1',
        total_amount: '50.00',
        subject: '自动充值',
        product_code: 'GENERAL_WITHHOLDING',
        agreement_params: { agreement_no: agreement.agreement_no },
      },
      timestamp: timestamp(),
    },
    { validateSign: true },
  );
  expect(paid).toMatchObject({ code: '10000', total_amount: '50.00' });
});

test('a bill of many lines comes over HTTP as it is made, and a reader who goes away harms nobody', async () => {
  const sdk = alipayClient();
  const complaints = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  sandbox.world.books.makeTraffic({ platform: 'alipay', day: '2026-01-05', payments: 60_000 });
  const bizContent = { bill_type: 'trade', bill_date: '2026-01-05' };
  const { bill_download_url } = await sdk.exec('alipay.data.dataservice.bill.downloadurl.query', { bizContent, timestamp: timestamp() });
  const url = String(bill_download_url);
  const gone = new AbortController();
  const reader = (await fetch(url, { signal: gone.signal })).body?.getReader();
  await reader?.read();
  gone.abort();
  await reader?.closed.catch(() => undefined);
  const files = unzip(Buffer.from(await (await fetch(url)).arrayBuffer()));
  const [detail = Buffer.alloc(0)] = files.values();
  expect(new TextDecoder('gbk').decode(detail)).toContain('#交易合计：60000笔');
  expect(complaints).not.toHaveBeenCalled();
  complaints.mockRestore();
});
