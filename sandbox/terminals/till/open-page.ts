import type { ScreenButton } from '../machine';
import { screen } from '../page-kit';
import { BACK, button, type PageName, type TillDesk, type TillPage } from './desk';
import { isUnsettled } from './journal';
import type { JournalSale } from './memory';
import { yuanText } from './receipt';

/** Sales whose end is not known, and those whose end came when the customer may have been gone. */
export function toLookAt({ pos }: TillDesk): readonly JournalSale[] {
  return pos.journal.memory.sales.filter((sale) => isUnsettled(sale) || sale.attention === true);
}

/** 未定与补查: every sale that somebody must think of, each with what may be done about it. */
export const openPage: TillPage = (desk) => {
  const { pos } = desk;
  const sales = toLookAt(desk);
  return {
    screen: screen({
      id: 'pos.open',
      title: { zh: '未定与补查', en: 'Open, and found later' },
      table: {
        columns: [
          { zh: '流水', en: 'No.' },
          { zh: '金额', en: 'Amount' },
          { zh: '状态', en: 'State' },
          { zh: '处理', en: 'Do' },
        ],
        rows: sales.map((sale) => [
          String(sale.sequence),
          yuanText(sale.amountFen),
          STATES[stateOf(sale)].state,
          STATES[stateOf(sale)].advice,
        ]),
      },
      buttons: [...sales.flatMap(buttonsOf), BACK],
      ...(desk.notice === undefined ? {} : { notice: desk.notice }),
    }),
    on: {
      ...Object.fromEntries(
        sales.flatMap((sale) => {
          const { sequence } = sale;
          const act = (name: string, run: () => Promise<unknown>) => {
            const pressed = async (): Promise<PageName> => {
              await run();
              return 'open';
            };
            return [`${name}-${sequence}`, pressed] as const;
          };
          return [
            act('retry', () => pos.retry(sequence)),
            act('query', () => pos.query(sequence)),
            act('void', () => pos.void(sequence)),
            act('seen', async () => pos.seen(sequence)),
          ];
        }),
      ),
      back: async () => 'ready',
    },
  };
};

type Look = 'asked' | 'pending' | 'voiding' | 'unknown' | 'charged' | 'voided' | 'not-charged';

function stateOf({ state, wants, pending }: JournalSale): Look {
  if (state !== 'open') return state;
  if (wants === 'void') return 'voiding';
  return pending ? 'pending' : 'asked';
}

const STATES: Readonly<Record<Look, { readonly state: string; readonly advice: string }>> = {
  asked: { state: '未定 not known', advice: '勿交付，勿重收 · do not hand out, do not take again' },
  pending: { state: '等待付款人或银行 waiting', advice: '勿交付 · do not hand out' },
  voiding: { state: '撤销中 taking back', advice: '勿交付 · do not hand out' },
  unknown: { state: '一直未定 unknown', advice: '主管核实 · ask a supervisor' },
  charged: { state: '已扣款 charged', advice: '顾客在则交付，不在则撤销 · hand out, or void if they left' },
  voided: { state: '已撤销 voided', advice: '无需处理 · nothing' },
  'not-charged': { state: '未扣款 not charged', advice: '可重新收款 · may be taken again' },
};

function buttonsOf(sale: JournalSale): readonly ScreenButton[] {
  const { sequence, wants, state } = sale;
  const open = isUnsettled(sale);
  const name = (id: string, zh: string, en: string, tone?: ScreenButton['tone']) =>
    button(`${id}-${sequence}`, `${zh} ${sequence}`, `${en} ${sequence}`, tone);
  return [
    ...(open && wants === 'charge' ? [name('retry', '再试', 'Try again')] : []),
    ...(open ? [name('query', '查询', 'Query')] : []),
    ...((open && wants === 'charge') || state === 'charged' ? [name('void', '撤销', 'Void', 'danger')] : []),
    ...(open ? [] : [name('seen', '知道了', 'Seen', 'primary')]),
  ];
}
