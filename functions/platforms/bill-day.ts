import { AppError } from '../../shared/errors';
import { businessDay, DAY_MS, type EpochMs } from '../../shared/time';

const DAY = /^\d{4}-\d\d-\d\d$/;
const TEN_HOURS_MS = 10 * 3_600_000;

/** First instant of a Beijing day, "2026-11-20". @throws AppError request.malformed for what is no day */
export function startOfBillDay(day: string): EpochMs {
  const start = DAY.test(day) ? Date.parse(`${day}T00:00:00+08:00`) : Number.NaN;
  if (Number.isNaN(start) || businessDay(start) !== day) throw new AppError('request.malformed', { field: 'day' });
  return start;
}

/**
 * Whether "there is no bill" may still mean "not yet". Both platforms make a day's bill during the next morning and promise it for 10:00
 * ("微信在次日9点启动生成前一天的对账单，建议商户10点后再获取"; Alipay "一般于次日 9 点前生成，特殊情况可能延迟").
 */
export function isBillEarly(day: string, now: EpochMs): boolean {
  return now < startOfBillDay(day) + DAY_MS + TEN_HOURS_MS;
}
