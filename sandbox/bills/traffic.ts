import { createHash } from 'node:crypto';
import { DAY_MS } from '../../shared/time';
import type { JournalLine, TrafficRecipe } from './state';

/**
 * A day's payments and refunds of a merchant as large as wanted, made anew from a few words at every reading: a million of them
 * need no memory, and the same recipe gives the same lines.
 */
export function* trafficLines(recipe: TrafficRecipe): Generator<JournalLine> {
  const from = Date.parse(`${recipe.day}T00:00:00+08:00`);
  const digits = recipe.day.replaceAll('-', '');
  const seed = createHash('sha256').update(`${recipe.platform}/${recipe.day}/${recipe.seed}`).digest();
  const salt = seed.readUInt32LE(0);
  const step = DAY_MS / recipe.payments;
  for (let index = 0; index < recipe.payments; index += 1) {
    const number = String(index).padStart(9, '0');
    const at = from + Math.floor(index * step);
    const payment: JournalLine = {
      kind: 'payment',
      at,
      orderedAt: at,
      orderNo: `${recipe.prefix}${digits}${number}`,
      platformTradeNo:
        recipe.platform === 'alipay'
          ? `${digits}2200${String(salt).padStart(10, '0').slice(-7)}${number}`
          : `4200009${digits}0000${number}`,
      appId: recipe.appId,
      payer: `otraffic${number}`,
      tradeType: recipe.platform === 'alipay' ? 'JSAPI_PAY' : 'JSAPI',
      title: '校园卡充值',
      attach: '',
      orderFen: 1 + (mix(index, salt) % 20_000),
      refund: null,
    };
    yield payment;
    if (index >= recipe.refunds) continue;
    // The first so many payments are given back by half, which leaves at least a fen refundable of most.
    const refund = {
      refundNo: `R${payment.orderNo}`.slice(0, 64),
      platformRefundNo: `5030000${digits}0000${number}`,
      refundFen: Math.max(1, Math.floor(payment.orderFen / 2)),
      settledAt: at,
      outcome: 'SUCCESS',
    };
    yield { ...payment, kind: 'refund', refund };
  }
}

/** One round of a 32-bit mixer: amounts that look like amounts. */
function mix(index: number, salt: number): number {
  let value = Math.imul(index ^ salt, 0x45d9f3b);
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) >>> 0;
}
