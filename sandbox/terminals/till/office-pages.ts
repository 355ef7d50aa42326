import { line, screen, yuan } from '../page-kit';
import { TillRefusal } from '../pos';
import { amountIn, BACK, bad, button, good, type TillDesk, type TillPage } from './desk';
import type { Totals } from './memory';
import { offlineReceipt, receiptOf, yuanText } from './receipt';
import { FUNDING_NAMES, FUNDINGS, shiftTotals } from './shift-totals';

const SHOWN_RECEIPTS = 10;

/** 开班: nobody sells before they have said who they are. */
export const shiftPage: TillPage = (desk) => ({
  screen: screen({
    id: 'pos.shift-closed',
    title: { zh: '开班', en: 'Open a shift' },
    fields: [{ id: 'cashier', label: { zh: '收银员工号', en: 'Cashier number' }, kind: 'digits' }],
    buttons: [button('open-shift', '开班', 'Open', 'primary')],
    ...(desk.notice === undefined ? {} : { notice: desk.notice }),
  }),
  on: {
    'open-shift': async ({ cashier = '' }) => {
      if (!/^\d{1,12}$/.test(cashier)) throw new TillRefusal({ zh: '请输入收银员工号', en: 'Type the cashier number.' });
      desk.pos.openShift(cashier);
      return 'ready';
    },
  },
});

export const menuPage: TillPage = (desk) => ({
  screen: screen({
    id: 'pos.menu',
    title: { zh: '菜单', en: 'Menu' },
    buttons: [
      button('totals', '班次合计', 'Shift totals'),
      button('reprint-last', '重印上一笔', 'Reprint the last'),
      button('receipts', '重印', 'Reprint'),
      button('refund', '主管退款', 'Supervisor refund', 'danger'),
      button('day-end', '日结', 'Day end'),
      BACK,
    ],
  }),
  on: {
    totals: async () => 'totals',
    'reprint-last': async () => {
      const all = receipts(desk);
      reprint(desk, all[0]?.sequence);
      return 'ready';
    },
    receipts: async () => 'receipts',
    refund: async () => 'refund',
    'day-end': async () => 'day-end',
    back: async () => 'ready',
  },
});

/** 班次合计, and the end of the shift. */
export const totalsPage: TillPage = (desk) => {
  const { journal } = desk.pos;
  const { shift } = journal;
  const totals = shiftTotals(journal.memory, shift?.number ?? 0);
  const row = (zh: string, en: string, { count, amountFen }: Totals) => [`${zh} ${en}`, String(count), yuanText(amountFen)];
  const rows = [
    ...FUNDINGS.map((funding) => row(FUNDING_NAMES[funding].zh, FUNDING_NAMES[funding].en, totals.byFunding[funding])),
    row('收款合计', 'Sold', totals.sold),
    row('撤销', 'Voids', totals.voids),
    row('退款', 'Refunds', totals.refunds),
  ];
  return {
    screen: screen({
      id: 'pos.totals',
      title: { zh: '班次合计', en: 'Shift totals' },
      lines: [
        line('班次', 'Shift', `${shift?.number ?? '-'} · ${shift?.cashier ?? ''}`),
        line('未定', 'Open', String(totals.open), totals.open > 0 ? 'bad' : 'muted'),
      ],
      table: {
        columns: [
          { zh: '方式', en: 'Paid by' },
          { zh: '笔数', en: 'Count' },
          { zh: '金额', en: 'Amount' },
        ],
        rows,
      },
      buttons: [button('close-shift', '交班', 'Close the shift', 'danger'), BACK],
    }),
    on: {
      'close-shift': async () => {
        desk.print([`班次 ${shift?.number ?? '-'} 收银员 ${shift?.cashier ?? ''}`, ...rows.map((cells) => cells.join('  '))]);
        desk.pos.closeShift();
        desk.shown = undefined;
        return 'shift';
      },
      back: async () => 'menu',
    },
  };
};

interface Receipt {
  readonly sequence: number;
  readonly amountFen: number;
  readonly lines: (copy: boolean) => string[];
}

/** Newest first: of every sale that has an end, also of those made by pass. */
function receipts({ pos, head }: TillDesk): readonly Receipt[] {
  const { sales, forwards } = pos.journal.memory;
  const ofSales = sales
    .filter(({ state }) => state === 'charged' || state === 'voided')
    .map((sale) => ({ sequence: sale.sequence, amountFen: sale.amountFen, lines: (copy: boolean) => receiptOf(sale, head, copy) }));
  const ofPasses = forwards
    .filter(({ purpose }) => purpose === 'pass')
    .map((item) => ({ sequence: item.sequence, amountFen: item.amountFen, lines: (copy: boolean) => offlineReceipt(item, head, copy) }));
  return [...ofSales, ...ofPasses].sort((a, b) => b.sequence - a.sequence);
}

function reprint(desk: TillDesk, sequence: number | undefined): void {
  const found = receipts(desk).find((receipt) => receipt.sequence === sequence);
  if (found === undefined) throw new TillRefusal({ zh: '没有这张小票', en: 'There is no such receipt.' });
  desk.print(found.lines(true));
  desk.notice = good(`已重印第 ${found.sequence} 号`, `No. ${found.sequence} is printed again.`);
}

export const receiptsPage: TillPage = (desk) => ({
  screen: screen({
    id: 'pos.receipts',
    title: { zh: '重印小票', en: 'Reprint a receipt' },
    table: {
      columns: [
        { zh: '流水', en: 'No.' },
        { zh: '金额', en: 'Amount' },
      ],
      rows: receipts(desk)
        .slice(0, SHOWN_RECEIPTS)
        .map(({ sequence, amountFen }) => [String(sequence), yuanText(amountFen)]),
    },
    fields: [{ id: 'sequence', label: { zh: '流水号', en: 'No.' }, kind: 'digits' }],
    buttons: [button('reprint', '重印', 'Reprint', 'primary'), BACK],
    ...(desk.notice === undefined ? {} : { notice: desk.notice }),
  }),
  on: {
    reprint: async ({ sequence = '' }) => {
      reprint(desk, Number(sequence));
      return 'receipts';
    },
    back: async () => 'menu',
  },
});

/** 主管退款: of a sale of this till, with the supervisor's own password; the same bytes until the server answers. */
export const refundPage: TillPage = (desk) => ({
  screen: screen({
    id: 'pos.refund',
    title: { zh: '主管退款', en: 'Supervisor refund' },
    lines: desk.pos
      .pendingRefunds()
      .map(({ of, amountFen }) => line(`退款中 ${of ?? ''}`, `On its way ${of ?? ''}`, yuan(amountFen), 'bad')),
    fields: [
      { id: 'sequence', label: { zh: '原流水号', en: 'No. of the sale' }, kind: 'digits' },
      { id: 'amount', label: { zh: '退款金额（元）', en: 'Amount (RMB)' }, kind: 'amount' },
      { id: 'supervisor', label: { zh: '主管工号', en: 'Supervisor' }, kind: 'text' },
      { id: 'pin', label: { zh: '主管密码', en: 'Password' }, kind: 'password' },
    ],
    buttons: [button('ok', '退款', 'Refund', 'danger'), BACK],
    ...(desk.notice === undefined ? {} : { notice: desk.notice }),
  }),
  on: {
    ok: async ({ sequence = '', amount, supervisor = '', pin = '' }) => {
      const key = desk.pinKey;
      if (key === undefined) throw new TillRefusal({ zh: '本机未登记密码公钥', en: 'No key for passwords is enrolled with this till.' });
      const told = await desk.pos.refund({ of: Number(sequence), amountFen: amountIn(amount), supervisor, pin: { digits: pin, key } });
      if (told.state === 'taken') desk.notice = good(`已退款 ${yuanText(told.amountFen)}`, 'Refunded.');
      else if (told.state === 'refused') desk.notice = bad(told.refusal?.zh ?? '退款被拒绝', told.refusal?.en ?? 'Refused.');
      else
        desk.notice = bad(
          '退款未确认，本机自动重发，请勿再退',
          'Not confirmed: the till sends it again by itself; do not refund it again.',
        );
      return 'refund';
    },
    back: async () => 'menu',
  },
});
