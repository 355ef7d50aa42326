import * as v from 'valibot';
import { AppError } from '../../../shared/errors';
import { type Fen, fen, MoneyError, negate, parseYuan } from '../../../shared/money';
import { DAY_MS } from '../../../shared/time';
import { isBillEarly, startOfBillDay } from '../bill-day';
import type { AccountLogLine } from '../contract';
import type { PlatformDeps } from '../platform-deps';
import { formatBeijing, parseBeijing } from '../wire';
import { type AlipayGateway, type AlipayRefusal, isTheirFault } from './gateway';

/** "分页大小1000-2000，默认2000". */
const PAGE_SIZE = 2_000;
/** A line is about 600 bytes; with names and remarks at their longest, 2 KB. */
const MAX_PAGE_BYTES = 8 * 2 ** 20;
/** Two million lines; a day with more is not this product's. */
const MAX_PAGES = 1_000;

const lineSchema = v.object({
  account_log_id: v.pipe(v.string(), v.minLength(1)),
  trans_dt: v.string(),
  trans_amount: v.string(),
  direction: v.optional(v.string()),
  type: v.optional(v.string(), ''),
  merchant_order_no: v.optional(v.string()),
  alipay_order_no: v.optional(v.string()),
});

/** Text in the documents; a number would mean the same. */
const count = v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.integer(), v.minValue(0));

const pageSchema = v.object({
  code: v.literal('10000'),
  page_no: v.optional(count),
  total_size: count,
  detail_list: v.optional(v.array(lineSchema), []),
});

type Line = v.InferOutput<typeof lineSchema>;

/**
 * alipay.data.bill.accountlog.query, page after page: "左闭右开区间", from midnight to midnight.
 * @throws AppError bill.not-ready, bill.unavailable, bill.refused, bill.damaged (fewer or more lines than the platform counts)
 */
export async function* accountLog(day: string, gateway: AlipayGateway, deps: Pick<PlatformDeps, 'now'>): AsyncGenerator<AccountLogLine> {
  const start = startOfBillDay(day);
  let seen = 0;
  for (let pageNo = 1; pageNo <= MAX_PAGES; pageNo += 1) {
    const answer = await gateway.call({
      method: 'alipay.data.bill.accountlog.query',
      bizContent: {
        start_time: formatBeijing(start),
        end_time: formatBeijing(start + DAY_MS),
        page_no: String(pageNo),
        page_size: String(PAGE_SIZE),
      },
      maxAnswerBytes: MAX_PAGE_BYTES,
    });
    if (answer.isError) throw refusal(answer, isBillEarly(day, deps.now()));
    const page = v.safeParse(pageSchema, answer.content);
    if (!page.success) throw new AppError('bill.unavailable', { platform: 'alipay', reason: 'answer-malformed' });
    const { page_no: told, total_size: total, detail_list: lines } = page.output;
    if (told !== undefined && told !== pageNo) throw damaged('page-repeated');
    seen += lines.length;
    for (const line of lines) yield readLine(line);
    if (seen >= total || lines.length === 0) {
      if (seen !== total) throw damaged('page-missing');
      return;
    }
  }
  throw damaged('too-many-pages');
}

function readLine(line: Line): AccountLogLine {
  const at = parseBeijing(line.trans_dt);
  const amountFen = readAmount(line);
  if (at === undefined || amountFen === undefined) throw damaged('line');
  return {
    logId: line.account_log_id,
    at,
    amountFen,
    type: line.type,
    ...(line.merchant_order_no ? { merchantOrderNo: line.merchant_order_no } : {}),
    ...(line.alipay_order_no ? { platformTradeNo: line.alipay_order_no } : {}),
  };
}

/** "amount是正数，返回“收入”。amount是负数，返回“支出”": one sign, told twice. Two that disagree are no line of the platform's. */
function readAmount({ trans_amount: text, direction }: Line): Fen | undefined {
  const isNegative = text.startsWith('-');
  if (direction === '收入' && isNegative) return undefined;
  try {
    const amount = parseYuan(text.replace(/^[-+]/, ''));
    return isNegative || direction === '支出' ? negate(amount) : fen(amount);
  } catch (error) {
    if (error instanceof MoneyError) return undefined;
    throw error;
  }
}

function refusal(answer: AlipayRefusal, isEarly: boolean): AppError {
  const detail = { platform: 'alipay', code: answer.code, platformCode: answer.subCode };
  if (isTheirFault(answer)) return new AppError('bill.unavailable', detail);
  return new AppError(answer.signed && isEarly ? 'bill.not-ready' : 'bill.refused', detail);
}

function damaged(reason: string): AppError {
  return new AppError('bill.damaged', { platform: 'alipay', reason });
}
