import { createHash } from 'node:crypto';
import { ZERO } from '../../../shared/money';
import { readAlipayBill } from './alipay-bill';
import { type BillChannel, type BillReading, CheckedBill, type ExpectedBill } from './bill';
import { readWechatBill } from './wechat-bill';

/**
 * The unpacked trade bill of a platform, streaming.
 * @throws while reading as `readWechatBill` and `readAlipayBill`
 */
export function readBill(channel: BillChannel, chunks: AsyncIterable<Uint8Array>, expected: ExpectedBill): BillReading {
  switch (channel) {
    case 'wechat-pay':
      return readWechatBill(chunks, expected);
    case 'alipay':
      return readAlipayBill(chunks, expected);
  }
}

/** The bill of a day of which the platform has said that nothing was traded. Only on its explicit word. */
// biome-ignore lint/correctness/useYield: a bill without lines is a reading like any other
export async function* noTrades(channel: BillChannel, expected: ExpectedBill): BillReading {
  return CheckedBill.of({
    channel,
    expected,
    summary: { lines: 0, paymentFen: ZERO, refundFen: ZERO, feeFen: ZERO },
    sha256: createHash('sha256').digest('hex'),
    totals: [],
  });
}
