import type { TerminalKind } from '../../functions/store/terminals';
import type { TerminalGate } from '../../shared/api/terminal-identities';
import type { Bilingual } from '../../shared/rule-pack';

/** A terminal that stands on the bench top of every school. */
export interface BenchMachine {
  readonly terminal: number;
  readonly kind: TerminalKind;
  readonly merchant: number;
  readonly name: Bilingual;
  readonly takesCash?: boolean;
  readonly gate?: TerminalGate;
}

export const BENCH_MERCHANT = 1;

/** The till that a test takes where any would do. */
export const BENCH_TERMINAL = 7;

/** The till of the page, and two in the hall, so that one pass can be shown at both; of every other machine one. */
export const BENCH_MACHINES: readonly BenchMachine[] = [
  { terminal: BENCH_TERMINAL, kind: 'pos', merchant: BENCH_MERCHANT, name: { zh: '一食堂 7 号', en: 'Canteen 1, no. 7' } },
  { terminal: 8, kind: 'pos', merchant: BENCH_MERCHANT, name: { zh: '一食堂 8 号', en: 'Canteen 1, no. 8' } },
  { terminal: 9, kind: 'pos', merchant: BENCH_MERCHANT, name: { zh: '一食堂 9 号', en: 'Canteen 1, no. 9' } },
  { terminal: 31, kind: 'kiosk', merchant: BENCH_MERCHANT, name: { zh: '圈存机 31 号', en: 'Kiosk, no. 31' } },
  {
    terminal: 32,
    kind: 'cash-machine',
    merchant: BENCH_MERCHANT,
    name: { zh: '现金充值机 32 号', en: 'Cash machine, no. 32' },
    takesCash: true,
  },
  { terminal: 41, kind: 'settlement-pos', merchant: BENCH_MERCHANT, name: { zh: '结算 POS 机 41 号', en: 'Settlement POS, no. 41' } },
  { terminal: 42, kind: 'water-controller', merchant: BENCH_MERCHANT, name: { zh: '水控器 42 号', en: 'Water controller, no. 42' } },
  {
    terminal: 51,
    kind: 'gate',
    merchant: BENCH_MERCHANT,
    name: { zh: '图书馆门禁 51 号', en: 'Library gate, no. 51' },
    gate: { group: 'library', direction: 'both', antiPassback: true },
  },
];
