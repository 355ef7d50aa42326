import { DAY_MS } from '../../shared/time';
import { tells } from './lies';
import type { BillLie, JournalLine } from './state';

/** The day's lines as the lies want them. Totals are made from what comes out, so that no sum gives these lies away. */
export function* lyingLines(lines: Iterable<JournalLine>, lies: readonly BillLie[]): Generator<JournalLine> {
  const shiftMs = tells(lies, 'wrong-date') ? -DAY_MS : 0;
  // Each lie is told of one line: the one it names, else the first payment that no lie before it has taken.
  const open = new Set(lies.filter((lie) => ON_ONE_LINE.has(lie.lie)));
  for (const line of lines) {
    const found = [...open].find((lie) => (lie.target === null ? line.kind === 'payment' : lie.target === numberOf(line)));
    if (found) open.delete(found);
    for (const told of found ? toldOf(line, found) : [line]) yield shiftMs === 0 ? told : shifted(told, shiftMs);
  }
  for (const lie of lies) if (lie.lie === 'extra-line') yield shifted(orphan(lie), shiftMs);
}

const ON_ONE_LINE: ReadonlySet<string> = new Set(['missing-line', 'changed-amount', 'duplicate-line']);

/** A refund is named by its own number, a payment by the order's. */
function numberOf(line: JournalLine): string {
  return line.refund?.refundNo ?? line.orderNo;
}

function toldOf(line: JournalLine, lie: BillLie): JournalLine[] {
  if (lie.lie === 'missing-line') return [];
  if (lie.lie === 'duplicate-line') return [line, line];
  const by = lie.byFen ?? 1;
  if (line.refund) return [{ ...line, refund: { ...line.refund, refundFen: line.refund.refundFen + by } }];
  return [{ ...line, orderFen: line.orderFen + by }];
}

function shifted(line: JournalLine, ms: number): JournalLine {
  return { ...line, at: line.at + ms, orderedAt: line.orderedAt + ms };
}

/** A payment at noon that no merchant ordered. Its numbers come from the lie, so that every reading of the bill shows the same. */
function orphan(lie: BillLie): JournalLine {
  const digits = BigInt(`0x${Buffer.from(lie.id).toString('hex').slice(-16)}`)
    .toString()
    .padStart(20, '0')
    .slice(-20);
  const at = Date.parse(`${lie.day}T12:00:00+08:00`);
  const day = lie.day.replaceAll('-', '');
  return {
    kind: 'payment',
    at,
    orderedAt: at,
    orderNo: lie.target ?? `orphan${digits}`,
    platformTradeNo: lie.platform === 'alipay' ? `${day}${digits}` : `42000${day}${digits.slice(0, 15)}`,
    appId: lie.appId,
    payer: `oorphan${digits}`,
    tradeType: lie.platform === 'alipay' ? 'JSAPI_PAY' : 'JSAPI',
    title: '校园卡充值',
    attach: '',
    orderFen: lie.byFen ?? 100,
    refund: null,
  };
}
