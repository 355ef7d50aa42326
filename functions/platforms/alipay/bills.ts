import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import { isBillEarly, startOfBillDay } from '../bill-day';
import { BILL_LIMITS, type BillLimits, startDownload } from '../bill-download';
import type { AccountLogPlatform, BillFile, BillPlatform } from '../contract';
import type { PlatformDeps } from '../platform-deps';
import { readSettings } from '../settings';
import { accountLog } from './account-log';
import { type ByteSource, byteSource } from './byte-source';
import { type AlipayGateway, type AlipayRefusal, createAlipayGateway, isTheirFault } from './gateway';
import { type AlipayBillSettings, alipayBillSettings } from './settings';
import { unzipOne } from './unzip';

const ASKED_AT_MOST = 3;

/**
 * Trade bill and account log of Alipay, asked for as the first app of the merchant: a bill is the merchant's, whatever app took the money.
 * Sources: opendocs.alipay.com/open/cd8ce4bc (alipay.data.dataservice.bill.downloadurl.query), alipay.data.bill.accountlog.query.
 * @throws AppError config.invalid
 */
export function createAlipayBills(input: unknown, deps: PlatformDeps, limits: Partial<BillLimits> = {}): BillPlatform & AccountLogPlatform {
  const settings = readSettings('alipay', alipayBillSettings, input);
  const gateway = firstGateway(settings, deps);
  const bounds = { ...BILL_LIMITS, ...limits };

  async function openTradeBill(day: string): Promise<BillFile | 'no-trades'> {
    startOfBillDay(day);
    let reason = '';
    for (let asked = 0; asked < ASKED_AT_MOST; asked += 1) {
      const address = await askForAddress(day, gateway, deps);
      if (address === 'no-trades') return address;
      const request = {
        platform: 'alipay' as const,
        url: addressOf(address, settings),
        headers: { accept: '*/*', 'accept-encoding': 'identity' },
      };
      const download = await startDownload(request, deps.fetch, bounds);
      const source = byteSource(download.chunks);
      // The address lives for thirty seconds; a missed one is answered by a refusal or by a page in words.
      if (download.status === 200 && (await looksLikeZip(source))) {
        return { encoding: 'gbk', chunks: unzipOne(source, isDetail, bounds.maxUnpackedBytes) };
      }
      await source.close();
      await download.cancel();
      reason = download.status === 200 ? 'no-archive' : `download-http-${download.status}`;
    }
    throw unavailable(reason);
  }

  return { name: 'alipay', openTradeBill, accountLog: (day) => accountLog(day, gateway, deps) };
}

function firstGateway(settings: AlipayBillSettings, deps: PlatformDeps): AlipayGateway {
  const [app] = settings.apps;
  if (app === undefined) throw new AppError('config.invalid', { platform: 'alipay', setting: 'apps' });
  return createAlipayGateway(app, settings, deps, 'bill.unavailable');
}

/** "2088…_20261120_业务明细.csv" beside "2088…_20261120_业务明细(汇总).csv". */
function isDetail(name: string): boolean {
  return name.includes('业务明细') && !name.includes('汇总');
}

async function looksLikeZip(source: ByteSource): Promise<boolean> {
  const head = await source.peek(2);
  return head?.toString('latin1') === 'PK';
}

const addressSchema = v.object({ code: v.literal('10000'), bill_download_url: v.pipe(v.string(), v.maxLength(2_048)) });

/** alipay.data.dataservice.bill.downloadurl.query */
async function askForAddress(day: string, gateway: AlipayGateway, deps: PlatformDeps): Promise<string> {
  const answer = await gateway.call({
    method: 'alipay.data.dataservice.bill.downloadurl.query',
    bizContent: { bill_type: 'trade', bill_date: day },
  });
  if (answer.isError) return readRefusal(answer, isBillEarly(day, deps.now()));
  const parsed = v.safeParse(addressSchema, answer.content);
  if (!parsed.success) throw unavailable('answer-malformed');
  return parsed.output.bill_download_url;
}

/** The documents say BILL_NOT_EXIST; the gateway says `isp.bill_not_exist` ("账单不存在"). */
const NO_BILL = /(?:^|\.)bill[_-]not[_-]exist$/i;

/** "No bill" is believed when signed, and means "no trades" only once a bill would be there. */
function readRefusal(answer: AlipayRefusal, isEarly: boolean): 'no-trades' {
  const detail = { platform: 'alipay', code: answer.code, platformCode: answer.subCode };
  const isNoBill = NO_BILL.test(answer.subCode);
  if (!isNoBill && isTheirFault(answer)) throw new AppError('bill.unavailable', detail);
  if (answer.signed && isEarly) throw new AppError('bill.not-ready', detail);
  if (!isNoBill) throw new AppError('bill.refused', detail);
  if (!answer.signed) throw new AppError('bill.unavailable', detail);
  return 'no-trades';
}

/**
 * The platform's documents show plain HTTP addresses of a host of its own; the bill has no digest, so it is fetched by HTTPS all the
 * same. Any other host hears nothing from us.
 */
function addressOf(text: string, settings: AlipayBillSettings): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const gateway = new URL(settings.gatewayUrl);
  if (url === undefined || url.username !== '') throw unavailable('address-elsewhere');
  if (url.origin === gateway.origin) return url;
  if (!settings.billHosts.includes(url.hostname) || url.port !== '' || !/^https?:$/.test(url.protocol))
    throw unavailable('address-elsewhere');
  url.protocol = 'https:';
  return url;
}

function unavailable(reason: string): AppError {
  return new AppError('bill.unavailable', { platform: 'alipay', reason });
}
