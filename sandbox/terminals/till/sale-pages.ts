import { errorTable } from '../../../shared/errors';
import type { ScreenLine } from '../machine';
import { line, screen, yuan } from '../page-kit';
import { TillRefusal } from '../pos';
import { spokenAmount } from '../spoken-amount';
import { amountIn, BACK, bad, button, type Due, dueOf, good, type PageName, shownSale, type TillDesk, type TillPage } from './desk';
import { paidFen } from './memory';
import { toLookAt } from './open-page';
import { offlineReceipt } from './receipt';
import { type Means, scannedCode } from './requests';
import { noticeOf, readAloud } from './told';

/** 收款: the amount is keyed, or put together from price keys; what became of the last sale stays in sight. */
export const readyPage: TillPage = (desk) => {
  const { pos, isFixed, plate } = desk;
  const sale = shownSale(desk);
  const notice = desk.notice ?? (sale === undefined ? undefined : noticeOf(sale));
  const waiting = toLookAt(desk).length;
  const dishes = isFixed ? desk.dishes.map((dish) => button(`dish-${dish.id}`, dish.name.zh, dish.name.en)) : [];
  const take = async (fields: Readonly<Record<string, string>>) => {
    const due = isFixed ? dueOf(plate) : { amountFen: amountIn(fields.amount) };
    if (due.amountFen === 0) throw new TillRefusal({ zh: '请先按菜品', en: 'Press a dish first.' });
    return present(desk, due);
  };
  return {
    screen: screen({
      id: isFixed ? 'pos.fixed' : 'pos.ready',
      title: isFixed ? { zh: '定额收款', en: 'Fixed prices' } : { zh: '收款', en: 'Take a payment' },
      lines: [...stateLines(desk), ...(isFixed ? [line('合计', 'Total', yuan(dueOf(plate).amountFen), 'big')] : []), ...saleLines(desk)],
      fields: isFixed ? [] : [{ id: 'amount', label: { zh: '金额（元）', en: 'Amount (RMB)' }, kind: 'amount' }],
      buttons: [
        ...dishes,
        button('take', '收款', 'Take', 'primary'),
        ...(isFixed ? [button('clear', '清除', 'Clear')] : []),
        ...(desk.dishes.length > 0 ? [button('mode', isFixed ? '键入金额' : '定额', isFixed ? 'Keyed' : 'Fixed prices')] : []),
        button('void-last', '撤销上一笔', 'Void the last sale', 'danger'),
        ...(sale?.state === 'open' && sale.wants === 'charge' ? [button('retry', '顾客在场，再试一次', 'Customer waits: try again')] : []),
        ...(waiting > 0 ? [button('open', `未定与补查（${waiting}）`, `Open and found later (${waiting})`, 'danger')] : []),
        button('menu', '菜单', 'Menu'),
      ],
      ...(notice === undefined ? {} : { notice }),
    }),
    on: {
      ...Object.fromEntries(
        desk.dishes.map((dish) => [
          `dish-${dish.id}`,
          async () => {
            desk.plate = [...plate, dish];
            return 'ready';
          },
        ]),
      ),
      take,
      clear: async () => {
        desk.plate = [];
        return 'ready';
      },
      mode: async () => {
        desk.isFixed = !isFixed;
        desk.plate = [];
        return 'ready';
      },
      'void-last': async () => {
        const { last } = pos;
        if (last === undefined) throw new TillRefusal({ zh: '没有可撤销的收款', en: 'There is no sale to take back.' });
        desk.shown = last.sequence;
        await pos.void(last.sequence);
        return 'ready';
      },
      retry: async () => {
        await pos.retry(desk.shown);
        return 'ready';
      },
      open: async () => 'open',
      menu: async () => 'menu',
    },
  };
};

function stateLines({ pos }: TillDesk): readonly ScreenLine[] {
  const { shift, memory } = pos.journal;
  const { offline } = pos.sender;
  const offset = Math.round(memory.clockOffsetMs / 1_000);
  return [
    line('班次', 'Shift', `${shift?.number ?? '-'} · ${shift?.cashier ?? ''}`, 'muted'),
    offline
      ? line('网络', 'Network', { zh: '已断开：只收离线码', en: 'Down: offline passes only' }, 'bad')
      : line('网络', 'Network', { zh: '正常', en: 'Up' }, 'muted'),
    ...(offset === 0
      ? []
      : [line('时钟', 'Clock', { zh: `已按服务器校正 ${offset} 秒`, en: `Corrected by the server: ${offset} s` }, 'bad')]),
    ...(pos.forwarder.waiting().length > 0 ? [line('待上传', 'To be forwarded', String(pos.forwarder.waiting().length), 'bad')] : []),
  ];
}

function saleLines(desk: TillDesk): readonly ScreenLine[] {
  const sale = shownSale(desk);
  if (sale === undefined) return [];
  const { result, state, sequence } = sale;
  return [
    line('流水', 'No.', String(sequence)),
    line('金额', 'Amount', yuan(paidFen(sale)), 'big'),
    ...(result?.listFen === undefined ? [] : [line('标价', 'List price', yuan(result.listFen))]),
    ...(result?.surchargeFen ? [line('搭伙费', 'Guest surcharge', yuan(result.surchargeFen))] : []),
    ...(result?.discountFen ? [line('首餐补贴', 'First-meal subsidy', yuan(result.discountFen))] : []),
    ...(state === 'charged' && typeof result?.cardFen === 'number' ? [line('卡余额', 'Card balance', yuan(result.cardFen))] : []),
    line('播报', 'Read aloud', readAloud(sale)),
  ];
}

function present(desk: TillDesk, due: Due): PageName {
  desk.due = due;
  desk.notice = undefined;
  desk.shown = undefined;
  return 'present';
}

/** 请出示: a code is scanned, or a card laid on the reader. */
export const presentPage: TillPage = (desk) => {
  const due = desk.due ?? { amountFen: 0 };
  const scan = async (fields: Readonly<Record<string, string>>) => {
    const code = (fields.code ?? '').replace(/\s/g, '');
    if (isPass(code)) return takePass(desk, due, code);
    if (scannedCode(code).system === 'unionpay') {
      const { zh, en } = errorTable['code.unionpay'];
      throw new TillRefusal({ zh, en });
    }
    return charge(desk, due, { by: 'code', code });
  };
  const tap = async () => charge(desk, due, { by: 'card', chip: desk.card() });
  return {
    screen: screen({
      id: 'pos.present',
      title: { zh: '请出示付款码或贴卡', en: 'Show a code or tap a card' },
      lines: [line('应收', 'Due', yuan(due.amountFen), 'big')],
      fields: [{ id: 'code', label: { zh: '扫码', en: 'Scanned code' }, kind: 'text' }],
      buttons: [
        button('scan', '扫码', 'Scan', 'primary'),
        ...(desk.hasCard() ? [button('tap', '读卡', 'Read the card', 'primary')] : []),
        BACK,
      ],
      ...(desk.notice === undefined ? {} : { notice: desk.notice }),
    }),
    on: { scan, tap, back: async () => 'ready' },
    onCard: tap,
  };
};

async function charge(desk: TillDesk, due: Due, means: Means, pin?: string): Promise<PageName> {
  const key = desk.pinKey;
  const sealed = pin === undefined || key === undefined ? {} : { pin: { digits: pin, key } };
  const answer = await desk.pos.charge({ ...due, means, ...sealed });
  desk.shown = answer.sequence;
  desk.asked = undefined;
  if (key !== undefined && (answer.code === 'payment.pin-required' || answer.code === 'payment.pin-wrong')) {
    desk.asked = means;
    return 'pin';
  }
  if (answer.outcome === 'charged') desk.plate = [];
  return 'ready';
}

/** The pad that is turned to the holder. What is typed is sent as a sale of its own: the one before it is over. */
export const pinPage: TillPage = (desk) => {
  const sale = shownSale(desk);
  const due = desk.due ?? { amountFen: 0 };
  return {
    screen: screen({
      id: 'pos.pin',
      title: { zh: '请持卡人输入密码', en: 'The holder types the password' },
      lines: [line('应收', 'Due', yuan(due.amountFen), 'big')],
      fields: [{ id: 'pin', label: { zh: '密码', en: 'Password' }, kind: 'password' }],
      buttons: [button('ok', '确定', 'OK', 'primary'), button('back', '取消', 'Cancel')],
      ...(sale?.refusal === undefined ? {} : { notice: bad(sale.refusal.zh, sale.refusal.en) }),
    }),
    on: {
      ok: async ({ pin = '' }) => {
        if (!/^\d{6}$/.test(pin)) throw new TillRefusal({ zh: '密码为六位数字', en: 'The password has six digits.' });
        const means = desk.asked;
        // A card is tapped for each sequence, so it must lie on the reader still.
        return means === undefined ? 'ready' : charge(desk, due, means.by === 'card' ? { by: 'card', chip: desk.card() } : means, pin);
      },
      back: async () => 'ready',
    },
  };
};

function isPass(code: string): boolean {
  return code.startsWith('93') && code.length > 24;
}

/** Judged by what the till holds, and kept before the goods go out. */
async function takePass(desk: TillDesk, due: Due, digits: string): Promise<PageName> {
  const { pos, passes } = desk;
  if (passes === undefined) {
    const { zh, en } = errorTable['code.pass'];
    throw new TillRefusal({ zh, en });
  }
  pos.checkDay();
  const { schoolId, terminal } = pos.identity;
  const sequence = pos.journal.memory.nextSequence;
  const occurredAt = pos.sender.now();
  const verdict = passes.verify(digits, { schoolId, terminal, sequence, amountFen: due.amountFen, occurredAt });
  if (!verdict.accepted) throw new TillRefusal({ zh: verdict.messageZh, en: verdict.messageEn });
  const item = { ...verdict.upload, purpose: 'pass', sequence, amountFen: due.amountFen } as const;
  if (!(await pos.forwarder.forward(item, { occurredAt, day: pos.today() }))) {
    const { zh, en } = errorTable['pass.used'];
    throw new TillRefusal({ zh, en });
  }
  const kept = pos.journal.memory.forwards.at(-1);
  if (kept !== undefined) desk.print(offlineReceipt(kept, desk.head));
  desk.plate = [];
  desk.shown = undefined;
  const said = spokenAmount(due.amountFen);
  desk.notice = good(
    `离线收款，${said.zh}，可以交付；联网后自动上传`,
    `Paid offline, ${said.en}: hand out. It is forwarded when the network is back.`,
  );
  return 'ready';
}
