import { encode } from 'iconv-lite';
import * as v from 'valibot';
import { alipayDetails, alipaySummary } from '../bills/alipay-bill';
import { billReady, parseDay } from '../bills/bill-day';
import { billBytes, cutBytes } from '../bills/bytes';
import { createDownloadLinks } from '../bills/download-links';
import { linesOfDay } from '../bills/journal';
import { liesOf, tellOnce, tells } from '../bills/lies';
import type { BillLie } from '../bills/state';
import { type Service, textResponse } from '../lib/http';
import { zip } from '../lib/zip-stream';
import type { Surroundings } from '../surroundings';
import { businessFailed } from './refusal';
import type { AlipayRequest } from './request';
import { parseContent } from './trades';

const content = v.object({
  bill_type: v.picklist(['trade']),
  bill_date: v.string(),
});

interface Bill {
  readonly day: string;
  readonly lies: readonly BillLie[];
}

export interface AlipayBills {
  /** alipay.data.dataservice.bill.downloadurl.query. */
  downloadUrl(request: AlipayRequest): Record<string, unknown>;
  /** dwbillcenter.alipay.com: no signature either way, for thirty seconds. */
  readonly download: Service;
}

const LINK_LIFE_MS = 30_000;

/** Trade bills (bill_type trade, by the day) after opendocs.alipay.com/open/cd8ce4bc. */
export function createAlipayBills(parts: Surroundings, baseUrl: () => string): AlipayBills {
  const links = createDownloadLinks<Bill>(parts);
  const { sellerId } = parts.keys.alipay;

  function archive({ day, lies }: Bill): AsyncIterable<Uint8Array> {
    const lines = () => linesOfDay(parts.state, 'alipay', day);
    const bill = { sellerId, day, madeAt: parts.clock(), lies };
    const name = `${sellerId}0156_${day.replaceAll('-', '')}_业务明细`;
    return zip(
      [
        { name: encode(`${name}.csv`, 'gbk'), chunks: billBytes(() => alipayDetails(bill, lines()), 'gbk', lies) },
        { name: encode(`${name}(汇总).csv`, 'gbk'), chunks: billBytes(() => alipaySummary(bill, lines()), 'gbk', lies) },
      ],
      parts.clock(),
    );
  }

  return {
    downloadUrl(request) {
      const day = parseDay(parseContent(content, request.bizContent).bill_date);
      if (day === undefined) throw businessFailed('isp.invalid_arguments', '参数不合法');
      const lies = liesOf(parts.state.billLies, 'alipay', day);
      const nothing = linesOfDay(parts.state, 'alipay', day).next().done && !tells(lies, 'extra-line');
      // One answer for a bill that is not made yet and for a day on which nothing was sold.
      if (!billReady(day, parts.clock()) || nothing || tellOnce(lies, 'not-ready')) {
        throw businessFailed('isp.bill_not_exist', '账单不存在');
      }
      const bill: Bill = { day, lies: lies.map((lie) => ({ ...lie })) };
      const fileId = links.issue(bill, { lifeMs: LINK_LIFE_MS, expired: tellOnce(lies, 'expired-url') });
      const query = new URLSearchParams({ bizType: 'trade', userId: `${sellerId}0156`, fileType: 'csv.zip', bizDates: day, fileId });
      return { bill_download_url: `${baseUrl()}/alipay-bills/downloadBillFile.resource?${query.toString()}` };
    },
    download(request) {
      const bill = links.open(new URLSearchParams(request.query).get('fileId') ?? '');
      if (request.path !== '/downloadBillFile.resource' || !bill) {
        return textResponse(403, '<!doctype html><title>支付宝</title><p>下载链接已失效</p>', 'text/html; charset=utf-8');
      }
      const bytes = archive(bill);
      const stream = tells(bill.lies, 'cut-archive') ? cutBytes(bytes) : bytes;
      const disposition = `attachment; filename="${sellerId}0156_${bill.day.replaceAll('-', '')}.csv.zip"`;
      return { status: 200, headers: { 'content-type': 'application/zip', 'content-disposition': disposition }, body: '', stream };
    },
  };
}
