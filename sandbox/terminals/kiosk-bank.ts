import * as v from 'valibot';
import { type MachineBankForm, machineBankForm, machineBindReply, machineTransferReply } from '../../shared/api/terminal-bank';
import { type Fen, parseYuan } from '../../shared/money';
import type { Bilingual } from '../../shared/rule-pack';
import { PIN, readForm, rewritePage, writtenPage } from './kiosk-claim';
import type { ScreenNotice } from './machine';
import type { Heard } from './machine-link';
import { cardFacts, EXIT, line, messagePage, OK, pinFacts, REWRITE, screen, waitingPage, writeChip, writingPage, yuan } from './page-kit';
import type { Desk, Fields, Page } from './paged-machine';
import type { CardChip } from './physical-card';

const BIND: Bilingual = { zh: '转账申请', en: 'Apply for transfers' };
const TRANSFER: Bilingual = { zh: '银行转卡片一卡通', en: 'From bank card to campus card' };
const DO_TRANSFER = { id: 'transfer', label: { zh: '转账', en: 'Transfer' }, tone: 'primary' } as const;
const PREVIEW = { id: 'preview', label: { zh: '计算新余额', en: 'Show the new balance' } } as const;

interface BankRead {
  readonly chip: CardChip;
  readonly form: MachineBankForm;
}

async function readBank(desk: Desk): Promise<BankRead | { readonly text: Bilingual }> {
  // What the chip holds already is told first.
  const card = await readForm(desk);
  if (!('form' in card)) return { text: card.text };
  const { chip } = card;
  const facts = (act: Parameters<typeof cardFacts>[1]) => ({ kind: 'form', ...cardFacts(chip, act) });
  const heard = await desk.link.ask({ name: 'bank-form', purpose: 'bank', path: '/terminal/bank', facts });
  return heard.kind === 'answer' ? { chip, form: v.parse(machineBankForm, heard.body) } : { text: heard.text };
}

/** 申请绑定 (ST-28): once bound never again. */
export async function openBinding(desk: Desk): Promise<Page> {
  const read = await readBank(desk);
  if ('text' in read) return messagePage(desk, { id: 'kiosk.bind', title: BIND, text: read.text });
  const { cardTail } = read.form;
  if (cardTail === null) return bindPage(desk, read);
  const text = { zh: `已绑定尾号 ${cardTail} 的银行卡，无需再次申请`, en: `The bank card ending in ${cardTail} is bound already` };
  return messagePage(desk, { id: 'kiosk.bind-done', title: BIND, text, good: true });
}

function bindPage(desk: Desk, read: BankRead, notice?: ScreenNotice): Page {
  const { form } = read;
  return {
    screen: screen({
      id: 'kiosk.bind',
      title: BIND,
      lines: [line('身份证号', 'ID number', form.idMasked ?? ''), line('说明', 'Note', form.cardOnly, 'muted')],
      fields: [{ id: 'bankCard', label: { zh: '银行卡号', en: 'Bank card number' }, kind: 'digits' }, PIN],
      ...(notice === undefined ? {} : { notice }),
      buttons: [OK, EXIT],
    }),
    on: { ok: (fields) => bind(desk, read, fields), exit: async () => desk.home() },
  };
}

async function bind(desk: Desk, read: BankRead, { bankCard = '', pin = '' }: Fields): Promise<Page> {
  const { chip, form } = read;
  const digits = bankCard.replaceAll(' ', '');
  if (!/^\d{12,19}$/.test(digits)) {
    return bindPage(desk, read, { tone: 'bad', text: { zh: '银行卡号不正确', en: 'There is no such bank card.' } });
  }
  const heard = await desk.link.insist({
    name: 'bind',
    purpose: 'bank',
    path: '/terminal/bank',
    facts: (act) => ({ kind: 'bind', ...cardFacts(chip, act), bankCard: digits, pin: pinFacts(desk, act, form.pinKeyId, pin) }),
  });
  const then = async (next: Heard): Promise<Page> => {
    if (next.kind === 'nothing') return waitingPage(desk, next, then);
    if (next.kind === 'refused') return bindPage(desk, read, { tone: 'bad', text: next.text });
    v.parse(machineBindReply, next.body);
    return messagePage(desk, { id: 'kiosk.bind-done', title: BIND, text: { zh: '申请绑定成功', en: 'Bound' }, good: true });
  };
  return then(heard);
}

/** 银校转账 (ST-31…ST-38). */
export async function openTransfer(desk: Desk): Promise<Page> {
  const read = await readBank(desk);
  const message = (text: Bilingual) => messagePage(desk, { id: 'kiosk.transfer', title: TRANSFER, text });
  if ('text' in read) return message(read.text);
  if (read.form.cardTail === null) return message({ zh: '请先申请绑定银行卡', en: 'Bind a bank card first.' });
  return transferPage(desk, read);
}

interface Typed {
  readonly amount?: string;
  readonly notice?: ScreenNotice;
}

function transferPage(desk: Desk, read: BankRead, { amount = '', notice }: Typed = {}): Page {
  const { form } = read;
  const wanted = amountOf(amount);
  const pendingFen = form.rewrite?.amountFen ?? 0;
  const rewriteFirst: ScreenNotice = { tone: 'plain', text: { zh: '有补写金额，请先补写', en: 'Re-write first' } };
  const shown = notice ?? (pendingFen > 0 ? rewriteFirst : undefined);
  const again = () => openTransfer(desk);
  return {
    screen: screen({
      id: 'kiosk.transfer',
      title: TRANSFER,
      lines: [
        line('身份证号', 'ID number', form.idMasked ?? ''),
        line('银行卡', 'Bank card', `**** ${form.cardTail ?? ''}`),
        line('卡余额', 'Card balance', yuan(form.cardFen), 'big'),
        line('补写金额', 'To be re-written', yuan(pendingFen)),
        line('管理费', 'Handling fee', `${(form.feeBasisPoints / 100).toFixed(1)}%`),
        line('新余额', 'New balance', yuan(form.cardFen + (wanted ?? 0)), 'big'),
        ...(form.maxFen === null ? [] : [line('单笔限额', 'At most', yuan(form.maxFen), 'muted')]),
      ],
      fields: [{ id: 'amount', label: { zh: '转账金额', en: 'Amount' }, kind: 'amount', value: amount }, PIN],
      ...(shown === undefined ? {} : { notice: shown }),
      buttons: [DO_TRANSFER, PREVIEW, REWRITE, EXIT],
    }),
    on: {
      transfer: (fields) => transfer(desk, read, fields),
      preview: async ({ amount: typed = '' }) => transferPage(desk, read, { amount: typed }),
      rewrite: async () =>
        form.rewrite === null ? transferPage(desk, read, { notice: NOTHING_TO_WRITE }) : rewritePage(desk, pendingFen, again),
      exit: async () => desk.home(),
    },
  };
}

const NOTHING_TO_WRITE: ScreenNotice = { tone: 'good', text: { zh: '没有需要补写的金额', en: 'Nothing is to be re-written' } };
const BAD_AMOUNT: ScreenNotice = { tone: 'bad', text: { zh: '金额不正确', en: 'The amount is not right' } };

function amountOf(text: string): Fen | undefined {
  return /^\d{1,6}(\.\d{1,2})?$/.test(text) ? parseYuan(text) : undefined;
}

async function transfer(desk: Desk, read: BankRead, { amount = '', pin = '' }: Fields): Promise<Page> {
  const { chip, form } = read;
  const amountFen = amountOf(amount);
  if (amountFen === undefined) return transferPage(desk, read, { amount, notice: BAD_AMOUNT });
  desk.show(writingPage(TRANSFER));
  const heard = await desk.link.insist({
    name: 'transfer',
    purpose: 'bank',
    path: '/terminal/bank',
    facts: (act) => ({ kind: 'transfer', ...cardFacts(chip, act, amountFen), amountFen, pin: pinFacts(desk, act, form.pinKeyId, pin) }),
  });
  return afterTransfer(desk, read, amount, heard);
}

/** `pending` is no end: the same bytes ask again, as after no answer at all. */
async function afterTransfer(desk: Desk, read: BankRead, amount: string, heard: Heard): Promise<Page> {
  const then = (next: Heard): Promise<Page> => afterTransfer(desk, read, amount, next);
  if (heard.kind === 'nothing') return waitingPage(desk, heard, then);
  if (heard.kind === 'refused') {
    if (heard.code === 'chip.rewrite-first') return openTransfer(desk);
    return transferPage(desk, read, { amount, notice: { tone: 'bad', text: heard.text } });
  }
  const reply = v.parse(machineTransferReply, heard.body);
  const money = yuan(reply.amountFen);
  const done = { zh: `转账成功，转账金额:${money.zh}`, en: `Transferred ${money.en}` };
  if (reply.write === null) {
    const text = { zh: `${done.zh}，已入待领金额`, en: `${done.en}; it waits to be claimed` };
    return messagePage(desk, { id: 'kiosk.transfer-done', title: TRANSFER, text, good: true });
  }
  const written = await writeChip(desk, { chip: read.chip, write: reply.write, amountFen: reply.amountFen }, TRANSFER);
  const page = writtenPage(desk, { written, id: 'kiosk.transfer', title: TRANSFER }, done);
  if (written === 'not-written') return page;
  const newFen = (reply.balances?.cardFen ?? 0) + reply.amountFen;
  return { ...page, screen: { ...page.screen, lines: [line('新余额', 'New balance', yuan(newFen), 'big')] } };
}
