import * as v from 'valibot';
import { type CashReply, cashReply } from '../../shared/api/terminal-services';
import type { Bilingual } from '../../shared/rule-pack';
import type { Form } from './kiosk-claim';
import type { ScreenButton, ScreenLine } from './machine';
import type { Heard } from './machine-link';
import { cardFacts, EXIT, line, messagePage, screen, type Written, waitingPage, writeChip, writingPage, yuan } from './page-kit';
import type { Desk, Page } from './paged-machine';
import { type CardChip, CardPulled } from './physical-card';

export interface Note {
  readonly denominationFen: number;
  readonly edition: string;
}

/** Notes that lie in the machine and that no act tells of yet, with the card that was on it. */
const countedSchema = v.object({
  card: v.string(),
  notes: v.array(v.object({ denominationFen: v.number(), edition: v.string(), count: v.number() })),
});
type Counted = v.InferOutput<typeof countedSchema>;

const NOTHING_COUNTED = { card: '', notes: [] } as const;
const YES: ScreenButton = { id: 'yes', label: { zh: '是', en: 'Yes' }, tone: 'primary' };
const NO: ScreenButton = { id: 'no', label: { zh: '否', en: 'No' }, tone: 'plain' };
const AGAIN: ScreenButton = { id: 'again', label: { zh: '继续充值', en: 'Top up more' }, tone: 'primary' };

export interface Flow {
  readonly title: Bilingual;
  /** 继续充值. */
  readonly again: () => Promise<Page>;
}

/** The reader has drawn the note in: counted and kept in the same step. */
export function countNote(desk: Desk, { chip }: Form, { denominationFen, edition }: Note): void {
  const { notes } = counted(desk);
  const others = notes.filter((one) => one.denominationFen !== denominationFen || one.edition !== edition);
  const same = notes.find((one) => !others.includes(one));
  desk.link.own = { card: chip.cardNumber, notes: [...others, { denominationFen, edition, count: (same?.count ?? 0) + 1 }] };
}

function counted(desk: Desk): Counted {
  const kept = v.safeParse(countedSchema, desk.link.own);
  return kept.success ? kept.output : { ...NOTHING_COUNTED, notes: [] };
}

export async function depositNotes(desk: Desk, read: Form, flow: Flow): Promise<Page> {
  desk.show(writingPage({ zh: '写卡等候', en: 'Writing the card' }));
  const { chip } = read;
  return afterCash(desk, { chip, flow }, await tellNotes(desk, chip));
}

/** The notes of one act, in the same write as the act: they are in exactly one of the two places. */
async function tellNotes(desk: Desk, chip: CardChip | undefined): Promise<Heard> {
  const { card, notes } = counted(desk);
  const amountFen = notes.reduce((total, one) => total + one.denominationFen * one.count, 0);
  return desk.link.insist(
    {
      name: 'cash',
      purpose: 'cash',
      path: '/terminal/cash',
      isKept: true,
      facts: (act) => ({ ...tapIfThere(desk, chip, act, amountFen), card, notes, amountFen }),
    },
    NOTHING_COUNTED,
  );
}

/** A card that was taken away while the notes were counted cannot be written, and still gets the money. */
function tapIfThere(desk: Desk, chip: CardChip | undefined, act: Parameters<typeof cardFacts>[1], amountFen: number): object {
  try {
    if (chip === undefined || desk.card() !== chip) return { canWrite: false };
    return { chip: cardFacts(chip, act, amountFen).chip, canWrite: true };
  } catch (error) {
    if (error instanceof CardPulled) return { canWrite: false };
    throw error;
  }
}

interface Deposit {
  readonly chip: CardChip;
  readonly flow: Flow;
}

async function afterCash(desk: Desk, deposit: Deposit, heard: Heard): Promise<Page> {
  const { flow, chip } = deposit;
  if (heard.kind === 'nothing') return waitingPage(desk, heard, (next) => afterCash(desk, deposit, next));
  if (heard.kind === 'refused') {
    const slip = desk.link.refused.at(-1);
    const number = `${desk.link.identity.terminal}-${slip?.sequence ?? ''}`;
    return messagePage(desk, {
      id: 'cash.held',
      title: flow.title,
      text: {
        zh: `${heard.text.zh}。现金已由本机保管，请凭编号 ${number} 到受理中心办理`,
        en: `${heard.text.en} The machine keeps the cash: go to the desk with the number ${number}.`,
      },
    });
  }
  const reply = v.parse(cashReply, heard.body);
  const { write, amountFen } = reply;
  const written =
    write === null ? undefined : await writeChip(desk, { chip, write, amountFen }, { zh: '写卡等候', en: 'Writing the card' });
  return printPage(desk, deposit, reply, written);
}

/** 是否打印凭条 (ST-47). */
function printPage(desk: Desk, deposit: Deposit, reply: CashReply, written: Written | undefined): Page {
  return {
    screen: screen({
      id: 'cash.print',
      title: { zh: '是否打印凭条', en: 'Print a receipt?' },
      lines: linesOf(reply, written),
      buttons: [YES, NO],
    }),
    on: {
      yes: async () => donePage(desk, deposit, reply, written, true),
      no: async () => donePage(desk, deposit, reply, written, false),
    },
  };
}

/** 完成充值 (ST-48). */
function donePage(desk: Desk, { flow }: Deposit, reply: CashReply, written: Written | undefined, prints: boolean): Page {
  const lines = linesOf(reply, written);
  const receipt = [desk.pack.name.zh, ...lines.map(({ label, value }) => `${label.zh}：${typeof value === 'string' ? value : value.zh}`)];
  return {
    screen: screen({
      id: 'cash.done',
      title: { zh: '完成充值', en: 'Done' },
      lines,
      notice: { tone: 'plain', text: { zh: '请核对显示信息是否正确', en: 'Check that what is shown is right' } },
      ...(prints ? { receipt } : {}),
      buttons: [EXIT, AGAIN],
    }),
    on: { exit: async () => desk.home(), again: flow.again },
  };
}

function linesOf(reply: CashReply, written: Written | undefined): readonly ScreenLine[] {
  const { balances } = reply;
  const onCard = written === 'written' || written === 'untold';
  const cardFen = (balances?.cardFen ?? 0) + (onCard ? reply.amountFen : 0);
  return [
    line('充值金额', 'Amount', yuan(reply.amountFen), 'big'),
    ...(balances === null ? [] : [line('卡余额', 'Card balance', yuan(cardFen))]),
    line('结果', 'Result', onCard || reply.arrivedIn === 'card' ? { zh: '充值成功', en: 'On the card' } : WHERE[placeOf(reply)], 'big'),
    line('流水号', 'Number', reply.entryId),
    line('时间', 'Time', reply.recordedAt.slice(0, 19).replace('T', ' ')),
  ];
}

function placeOf({ arrivedIn }: CashReply): 'chipPending' | 'transit' | 'suspense' {
  return arrivedIn === 'card' ? 'transit' : arrivedIn;
}

const WHERE: Readonly<Record<'chipPending' | 'transit' | 'suspense', Bilingual>> = {
  chipPending: { zh: '写卡失败，下次到圈存机补写', en: 'Not written: re-write at the next visit' },
  transit: { zh: '已入待领金额', en: 'Waiting to be claimed' },
  suspense: { zh: '已挂账，请凭流水号到受理中心办理', en: 'Held: go to the desk with the number' },
};

/** After a power cut: what was counted and not told is told now. The card counts only if it is the same one. */
export async function recoverNotes(desk: Desk): Promise<void> {
  const { card, notes } = counted(desk);
  if (notes.length === 0) return;
  const chip = cardIfThere(desk);
  const same = chip?.cardNumber === card ? chip : undefined;
  const heard = await tellNotes(desk, same);
  if (heard.kind !== 'answer' || same === undefined) return;
  const { write, amountFen } = v.parse(cashReply, heard.body);
  if (write !== null) await writeChip(desk, { chip: same, write, amountFen }, { zh: '写卡等候', en: 'Writing the card' });
}

function cardIfThere(desk: Desk): CardChip | undefined {
  try {
    return desk.card();
  } catch (error) {
    if (error instanceof CardPulled) return undefined;
    throw error;
  }
}
