import * as v from 'valibot';
import { type CardStatementReply, cardStatementReply } from '../../shared/api/terminal-statements';
import { type Fen, formatYuan } from '../../shared/money';
import type { Bilingual } from '../../shared/rule-pack';
import { readForm } from './kiosk-claim';
import type { ScreenField, ScreenNotice } from './machine';
import type { Heard } from './machine-link';
import { cardFacts, EXIT, line, messagePage, OK, pinFacts, screen, waitingPage, yuan } from './page-kit';
import type { Desk, Fields, Page } from './paged-machine';
import type { CardChip } from './physical-card';

const CHANGE: Bilingual = { zh: '修改密码', en: 'Change password' };
const FLOW: Bilingual = { zh: '持卡人流水查询', en: 'Cardholder flow query' };
const REACTIVATE: Bilingual = { zh: '旧卡重新启用', en: 'Put a found card back into use' };

const field = (id: string, zh: string, en: string): ScreenField => ({ id, label: { zh, en }, kind: 'password' });

/** A card on the reader and the name of the key that passwords are sealed to. */
interface Keyed {
  readonly chip: CardChip;
  readonly pinKeyId: string;
}

async function keyed(desk: Desk): Promise<Keyed | { readonly text: Bilingual }> {
  const read = await readForm(desk);
  return 'form' in read ? { chip: read.chip, pinKeyId: read.form.pinKeyId } : { text: read.text };
}

/** 修改密码 (ST-27): of the card, not of the bank. */
export async function openPassword(desk: Desk): Promise<Page> {
  const found = await keyed(desk);
  if ('text' in found) return messagePage(desk, { id: 'kiosk.password', title: CHANGE, text: found.text });
  return passwordPage(desk, found);
}

function passwordPage(desk: Desk, found: Keyed, notice?: ScreenNotice): Page {
  const { query, transaction } = desk.pack.passwords;
  const which: ScreenField[] =
    transaction === undefined
      ? []
      : [
          {
            id: 'which',
            label: { zh: '密码种类', en: 'Which password' },
            kind: 'choice',
            value: 'transaction',
            choices: [
              { value: 'transaction', label: transaction },
              { value: 'query', label: query },
            ],
          },
        ];
  return {
    screen: screen({
      id: 'kiosk.password',
      title: CHANGE,
      lines: [
        line(
          '说明',
          'Note',
          { zh: '此密码仅为校园卡账户密码，非银行卡密码', en: 'Of the campus card account, not of a bank card' },
          'muted',
        ),
      ],
      fields: [
        ...which,
        field('old', '原密码', 'Old password'),
        field('new', '新密码', 'New password'),
        field('again', '再次输入', 'Once more'),
      ],
      ...(notice === undefined ? {} : { notice }),
      buttons: [OK, EXIT],
    }),
    on: { ok: (fields) => changePassword(desk, found, fields), exit: async () => desk.home() },
  };
}

async function changePassword(desk: Desk, found: Keyed, fields: Fields): Promise<Page> {
  const { chip, pinKeyId } = found;
  const { old: oldPin = '', new: newPin = '', again = '' } = fields;
  if (newPin !== again) return passwordPage(desk, found, { tone: 'bad', text: { zh: '两次输入不一致', en: 'The two are not the same' } });
  const heard = await desk.link.insist({
    name: 'password',
    purpose: 'card',
    path: '/terminal/cards',
    facts: (act) => ({
      kind: 'change-password',
      ...cardFacts(chip, act),
      which: fields.which === 'query' ? 'query' : 'transaction',
      oldPin: pinFacts(desk, act, pinKeyId, oldPin),
      newPin: pinFacts(desk, act, pinKeyId, newPin),
    }),
  });
  const then = async (next: Heard): Promise<Page> => {
    if (next.kind === 'nothing') return waitingPage(desk, next, then);
    if (next.kind === 'refused') return passwordPage(desk, found, { tone: 'bad', text: next.text });
    return messagePage(desk, { id: 'kiosk.password-done', title: CHANGE, text: { zh: '密码修改成功', en: 'Changed' }, good: true });
  };
  return then(heard);
}

/** 持卡人流水查询 (SJ-12): the month of now, and the months before it. */
export async function openStatement(desk: Desk): Promise<Page> {
  const found = await keyed(desk);
  if ('text' in found) return messagePage(desk, { id: 'kiosk.statement', title: FLOW, text: found.text });
  return askQueryPassword(desk, found);
}

function askQueryPassword(desk: Desk, found: Keyed, notice?: ScreenNotice): Page {
  const { query } = desk.pack.passwords;
  const month = new Date(desk.link.now() + desk.pack.utcOffsetMinutes * 60_000).toISOString().slice(0, 7);
  return {
    screen: screen({
      id: 'kiosk.statement-password',
      title: FLOW,
      fields: [{ id: 'pin', label: query, kind: 'password' }],
      ...(notice === undefined ? {} : { notice }),
      buttons: [OK, EXIT],
    }),
    on: { ok: ({ pin = '' }) => readMonth(desk, found, { pin, month }), exit: async () => desk.home() },
  };
}

interface Asked {
  readonly pin: string;
  readonly month: string;
  readonly cursor?: string;
}

async function readMonth(desk: Desk, found: Keyed, asked: Asked): Promise<Page> {
  const { pin, ...rest } = asked;
  const { chip, pinKeyId } = found;
  // Laid on the reader by the one who typed the password: for another card it is typed anew.
  if (desk.card() !== chip) return openStatement(desk);
  const heard = await desk.link.ask({
    name: 'statement',
    purpose: 'statement',
    path: '/terminal/statements',
    facts: (act) => ({ ...cardFacts(chip, act), ...rest, pin: pinFacts(desk, act, pinKeyId, pin) }),
  });
  if (heard.kind === 'answer') return monthPage(desk, found, asked, v.parse(cardStatementReply, heard.body));
  return askQueryPassword(desk, found, { tone: 'bad', text: heard.text });
}

function monthPage(desk: Desk, found: Keyed, asked: Asked, page: CardStatementReply): Page {
  const { pin, month } = asked;
  const { nextCursor } = page;
  const more = nextCursor === null ? [] : [{ id: 'more', label: { zh: '下一页', en: 'Next page' } }];
  return {
    screen: screen({
      id: 'kiosk.statement',
      title: { zh: `${FLOW.zh} ${month}`, en: `${FLOW.en}, ${month}` },
      lines: [
        line('卡余额', 'Card balance', yuan(page.cardFen), 'big'),
        line('本月支出', 'Spent', yuan(page.spentFen)),
        line('本月收入', 'Received', yuan(page.receivedFen)),
      ],
      table: {
        columns: [
          { zh: '时间', en: 'Time' },
          { zh: '名称', en: 'What' },
          { zh: '金额', en: 'Amount' },
        ],
        rows: page.entries.map(({ recordedAt, merchant, kind, amountFen }) => [
          recordedAt.slice(0, 19).replace('T', ' '),
          merchant?.zh ?? NAMES[kind] ?? '其他',
          signed(amountFen),
        ]),
      },
      buttons: [...more, { id: 'before', label: { zh: '上一月', en: 'The month before' } }, EXIT],
    }),
    on: {
      ...(nextCursor === null ? {} : { more: () => readMonth(desk, found, { pin, month, cursor: nextCursor }) }),
      before: () => readMonth(desk, found, { pin, month: monthBefore(month) }),
      exit: async () => desk.home(),
    },
  };
}

const NAMES: Readonly<Record<string, string>> = {
  charge: '消费',
  'top-up': '充值',
  claim: '领取转账金额',
  'chip-intent': '圈存机领取',
  'chip-written': '写卡成功',
  reversal: '退回',
  void: '撤销',
  refund: '退款',
  withdrawal: '提现',
};

/** The true sign: what was spent is a minus. */
function signed(amountFen: Fen): string {
  return `${amountFen > 0 ? '+' : ''}${formatYuan(amountFen)}元`;
}

function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`;
}

/** A found card, by its chip and the card password (SJ-info-1565). It is read by no form: it is not the active card yet. */
export async function openReactivate(desk: Desk): Promise<Page> {
  desk.card();
  return reactivatePage(desk);
}

function reactivatePage(desk: Desk, notice?: ScreenNotice): Page {
  const label = desk.pack.passwords.transaction ?? desk.pack.passwords.query;
  return {
    screen: screen({
      id: 'kiosk.reactivate',
      title: REACTIVATE,
      lines: [
        line('说明', 'Note', { zh: '启用找回的旧卡后，新卡即时失效', en: 'The found card works again, and the newer one stops at once' }),
      ],
      fields: [{ id: 'pin', label, kind: 'password' }],
      ...(notice === undefined ? {} : { notice }),
      buttons: [OK, EXIT],
    }),
    on: { ok: ({ pin = '' }) => reactivate(desk, pin), exit: async () => desk.home() },
  };
}

async function reactivate(desk: Desk, pin: string): Promise<Page> {
  const chip = desk.card();
  const key = desk.link.identity.pinKeys.at(-1)?.keyId ?? '';
  const heard = await desk.link.insist({
    name: 'activate',
    purpose: 'card',
    path: '/terminal/cards',
    facts: (act) => ({ kind: 'activate', ...cardFacts(chip, act), pin: pinFacts(desk, act, key, pin) }),
  });
  const then = async (next: Heard): Promise<Page> => {
    if (next.kind === 'nothing') return waitingPage(desk, next, then);
    if (next.kind === 'refused') return reactivatePage(desk, { tone: 'bad', text: next.text });
    const text = { zh: '旧卡已启用，新卡已失效', en: 'This card is in use again; the newer one is dead' };
    return messagePage(desk, { id: 'kiosk.reactivate-done', title: REACTIVATE, text, good: true });
  };
  return then(heard);
}
