import { createHash } from 'node:crypto';
import { createGzip } from 'node:zlib';
import { businessDay } from '../../shared/time';
import { billReady, parseDay, withinThreeMonths } from '../bills/bill-day';
import { billBytes, cutBytes } from '../bills/bytes';
import { createDownloadLinks } from '../bills/download-links';
import { linesOfDay } from '../bills/journal';
import { liesOf, tellOnce, tells } from '../bills/lies';
import type { BillLie } from '../bills/state';
import { wechatBill } from '../bills/wechat-bill';
import { jsonResponse, type SandboxRequest, type SandboxResponse } from '../lib/http';
import { through } from '../lib/through';
import type { Surroundings } from '../surroundings';
import { badParameter, WechatRefusal } from './refusal';

interface Bill {
  readonly day: string;
  readonly gzip: boolean;
  readonly lies: readonly BillLie[];
}

export interface WechatBills {
  /** GET /v3/bill/tradebill: where to get the bill, and its digest. */
  apply(request: SandboxRequest): Promise<SandboxResponse>;
  /** GET /v3/billdownload/file. Its answer carries no signature. */
  download(request: SandboxRequest): SandboxResponse;
}

const LINK_LIFE_MS = 5 * 60_000;

/** Trade bills after pay.weixin.qq.com/doc/v3/merchant/4012791912 (bill_type ALL). */
export function createWechatBills(parts: Surroundings, baseUrl: () => string): WechatBills {
  const links = createDownloadLinks<Bill>(parts);
  const { mchid } = parts.keys.wechatPay;
  let last: { readonly key: string; readonly digest: string } | undefined;

  function bytesOf({ day, lies }: Bill): AsyncIterable<Uint8Array> {
    return billBytes(() => wechatBill({ mchid, day, lies }, linesOfDay(parts.state, 'wechatPay', day)), 'utf-8', lies);
  }

  /** Of the text, not of the archive. A large bill takes seconds to read through: who asks again for the same one need not wait again. */
  async function digestOf(bill: Bill): Promise<string> {
    const { journal, traffic } = parts.state;
    const key = JSON.stringify([bill.day, bill.lies, journal.wechatPay.length, traffic]);
    if (last?.key !== key) {
      const hash = createHash('sha1');
      if (tells(bill.lies, 'hash-mismatch')) hash.update('x');
      for await (const chunk of bytesOf(bill)) hash.update(chunk);
      last = { key, digest: hash.digest('hex') };
    }
    return last.digest;
  }

  return {
    async apply(request) {
      const query = new URLSearchParams(request.query);
      const day = readQuery(parts, query);
      const lies = liesOf(parts.state.billLies, 'wechatPay', day);
      if (!billReady(day, parts.clock()) || tellOnce(lies, 'not-ready')) {
        throw new WechatRefusal(400, 'STATEMENT_CREATING', '账单正在生成中，请稍后重试');
      }
      const bill: Bill = { day, gzip: query.get('tar_type') === 'GZIP', lies: lies.map((lie) => ({ ...lie })) };
      if (linesOfDay(parts.state, 'wechatPay', day).next().done && !tells(lies, 'extra-line')) {
        throw new WechatRefusal(400, 'NO_STATEMENT_EXIST', '账单文件不存在');
      }
      const hash_value = await digestOf(bill);
      const token = links.issue(bill, { lifeMs: LINK_LIFE_MS, expired: tellOnce(lies, 'expired-url') });
      const download_url = `${baseUrl()}/wechat-pay/v3/billdownload/file?token=${token}`;
      return jsonResponse(200, { download_url, hash_type: 'SHA1', hash_value });
    },
    download(request) {
      const bill = links.open(new URLSearchParams(request.query).get('token') ?? '');
      if (!bill) throw new WechatRefusal(404, 'RESOURCE_NOT_EXISTS', '账单下载链接已失效，请重新申请');
      const bytes = bill.gzip ? through(bytesOf(bill), createGzip()) : bytesOf(bill);
      const stream = tells(bill.lies, 'cut-archive') ? cutBytes(bytes) : bytes;
      return { status: 200, headers: { 'content-type': bill.gzip ? 'application/gzip' : 'text/plain' }, body: '', stream };
    },
  };
}

function readQuery(parts: Surroundings, query: URLSearchParams): string {
  const day = parseDay(query.get('bill_date') ?? '');
  if (day === undefined) throw badParameter('bill_date格式应为YYYY-MM-DD', '/query/bill_date', 'invalid');
  if ((query.get('bill_type') ?? 'ALL') !== 'ALL') throw badParameter('沙箱只提供bill_type=ALL', '/query/bill_type', 'not played');
  const archive = query.get('tar_type');
  if (archive !== null && archive !== 'GZIP') throw badParameter('tar_type只支持GZIP', '/query/tar_type', 'invalid');
  const now = parts.clock();
  if (day > businessDay(now) || !withinThreeMonths(day, now)) {
    throw new WechatRefusal(400, 'INVALID_REQUEST', '账单日期错误，只能查询三个月内的账单');
  }
  return day;
}
