import * as v from 'valibot';
import { type ClaimFormReply, claimFormReply, machineClaimReply, machineTransfersReply } from '../../shared/api/terminal-services';
import type { Bilingual, RulePack } from '../../shared/rule-pack';
import type { ScreenField, ScreenNotice } from './machine';
import type { Heard } from './machine-link';
import {
  cardFacts,
  EXIT,
  line,
  messagePage,
  OK,
  pinFacts,
  REWRITE,
  rewrite,
  screen,
  waitingPage,
  writeChip,
  writingPage,
  yuan,
} from './page-kit';
import type { Desk, Fields, Page } from './paged-machine';
import type { CardChip } from './physical-card';

type Menu = NonNullable<RulePack['kioskMenu']>[number];

const TITLE: Bilingual = { zh: '领取转账金额:(点击确定领取转账金额)', en: 'Claim transferred money (press OK to claim)' };
const FLOW: Bilingual = { zh: '查询转帐流水', en: 'Transfer records' };
const REWRITE_TITLE: Bilingual = { zh: '补写', en: 'Re-write' };
export const PIN: ScreenField = { id: 'pin', label: { zh: '卡密码', en: 'Card password' }, kind: 'password' };
const CHANNEL_NAMES = { 'wechat-pay': { zh: '微信', en: 'WeChat' }, alipay: { zh: '支付宝', en: 'Alipay' } } as const;

export type Form = { readonly chip: CardChip; readonly form: ClaimFormReply };

/**
 * The card's form. What the chip turns out to hold already is told before anything else, so that a power cut after the writing costs its holder
 * no second visit.
 */
export async function readForm(desk: Desk): Promise<Form | Exclude<Heard, { kind: 'answer' }>> {
  const chip = desk.card();
  const facts = (act: Parameters<typeof cardFacts>[1]) => ({ kind: 'read', ...cardFacts(chip, act) });
  const heard = await desk.link.ask({ name: 'read', purpose: 'claim', path: '/terminal/claims', facts });
  if (heard.kind !== 'answer') return heard;
  const form = v.parse(claimFormReply, heard.body);
  if (form.rewrite === null || chip.memory.lastWrite < form.rewrite.write) return { chip, form };
  const told = await writeChip(desk, { chip, ...form.rewrite }, REWRITE_TITLE);
  return told === 'written' ? readForm(desk) : { chip, form };
}

export async function openClaim(desk: Desk, menu: Menu): Promise<Page> {
  const read = await readForm(desk);
  if (!('form' in read)) return messagePage(desk, { id: 'kiosk.claim', title: TITLE, text: read.text });
  return read.form.rewrite === null
    ? claimPage(desk, menu, read)
    : rewritePage(desk, read.form.rewrite.amountFen, () => openClaim(desk, menu));
}

function claimPage(desk: Desk, menu: Menu, read: Form, notice?: ScreenNotice): Page {
  const { form } = read;
  const { channel } = menu;
  const ofMenu = form.waiting.filter((one) => channel === undefined || one.channel === channel);
  const otherFen = form.waiting.filter((one) => !ofMenu.includes(one)).reduce((total, one) => total + one.amountFen, 0);
  const others =
    channel === undefined || otherFen === 0
      ? []
      : [
          line('其他待领金额', 'Waiting from elsewhere', {
            zh: `${yuan(otherFen).zh}，一并领取`,
            en: `${yuan(otherFen).en}, claimed together`,
          }),
        ];
  return {
    screen: screen({
      id: 'kiosk.claim',
      title: TITLE,
      lines: [
        line('证件号码', 'ID number', form.idMasked ?? form.numberMasked),
        line('用户名称', 'User name', form.nameMasked),
        line('待领金额', 'Amount waiting', yuan(form.transitFen), 'big'),
        ...others,
      ],
      fields: form.needsPassword ? [PIN] : [],
      table: {
        columns: [
          { zh: '转账名称', en: 'Transfer' },
          { zh: '转账金额', en: 'Amount' },
          { zh: '转账时间', en: 'Time' },
        ],
        rows: ofMenu.map(({ name, amountFen, at }) => [name.zh, yuan(amountFen).zh, at.slice(0, 19).replace('T', ' ')]),
      },
      ...(notice === undefined ? {} : { notice }),
      buttons: [OK, EXIT],
    }),
    on: { ok: (fields) => claim(desk, menu, read, fields), exit: async () => desk.home() },
  };
}

async function claim(desk: Desk, menu: Menu, read: Form, { pin = '' }: Fields): Promise<Page> {
  const { chip, form } = read;
  desk.show(writingPage(TITLE));
  const heard = await desk.link.insist({
    name: 'claim',
    purpose: 'claim',
    path: '/terminal/claims',
    facts: (act) => ({
      kind: 'claim',
      ...cardFacts(chip, act),
      ...(form.needsPassword ? { pin: pinFacts(desk, act, form.pinKeyId, pin) } : {}),
    }),
  });
  return afterClaim(desk, menu, read, heard);
}

async function afterClaim(desk: Desk, menu: Menu, read: Form, heard: Heard): Promise<Page> {
  switch (heard.kind) {
    case 'nothing':
      return waitingPage(desk, heard, (next) => afterClaim(desk, menu, read, next));
    case 'refused':
      return heard.code === 'chip.rewrite-first' ? openClaim(desk, menu) : claimPage(desk, menu, read, { tone: 'bad', text: heard.text });
    case 'answer': {
      const { write, amountFen } = v.parse(machineClaimReply, heard.body);
      const written = await writeChip(desk, { chip: read.chip, write, amountFen }, TITLE);
      const amount = yuan(amountFen);
      return writtenPage(
        desk,
        { written, id: 'kiosk.claim', title: TITLE },
        { zh: `领取成功，领取金额:${amount.zh}`, en: `Claimed ${amount.en}` },
      );
    }
  }
}

/** How it ended: written, written and not yet told, or to be written at the next visit. */
export function writtenPage(
  desk: Desk,
  { written, id, title }: { readonly written: 'written' | 'not-written' | 'untold'; readonly id: string; readonly title: Bilingual },
  done: Bilingual,
): Page {
  if (written !== 'not-written') return messagePage(desk, { id: `${id}-done`, title, text: done, good: true });
  const text = {
    zh: '写卡失败，金额没有丢失：请重新放卡，选择“补写”',
    en: 'The card was not written and nothing is lost: put the card back and choose Re-write',
  };
  return messagePage(desk, { id: `${id}-not-written`, title, text });
}

/** 补写金额 first (ST-33). */
export function rewritePage(desk: Desk, amountFen: number, then: () => Promise<Page>): Page {
  return {
    screen: screen({
      id: 'kiosk.rewrite',
      title: REWRITE_TITLE,
      lines: [line('补写金额', 'To be re-written', yuan(amountFen), 'big')],
      notice: {
        tone: 'plain',
        text: { zh: '上次转账写卡失败金额，需要先补写', en: 'The card write failed last time: it must be re-written first' },
      },
      buttons: [REWRITE, EXIT],
    }),
    on: { rewrite: () => writeAgain(desk, then), exit: async () => desk.home() },
  };
}

async function writeAgain(desk: Desk, then: () => Promise<Page>): Promise<Page> {
  const done = await rewrite(desk, REWRITE_TITLE);
  if (typeof done !== 'string') return messagePage(desk, { id: 'kiosk.rewrite', title: REWRITE_TITLE, text: done.text });
  if (done === 'written') return then();
  return writtenPage(desk, { written: done, id: 'kiosk.rewrite', title: REWRITE_TITLE }, { zh: '补写成功', en: 'Re-written' });
}

export async function openRewrite(desk: Desk): Promise<Page> {
  const read = await readForm(desk);
  const id = 'kiosk.rewrite';
  if (!('form' in read)) return messagePage(desk, { id, title: REWRITE_TITLE, text: read.text });
  const { rewrite: pending } = read.form;
  if (pending === null)
    return messagePage(desk, {
      id,
      title: REWRITE_TITLE,
      text: { zh: '没有需要补写的金额', en: 'Nothing is to be re-written' },
      good: true,
    });
  const done = { id: 'kiosk.rewrite-done', title: REWRITE_TITLE, text: { zh: '补写成功', en: 'Re-written' }, good: true };
  return rewritePage(desk, pending.amountFen, async () => messagePage(desk, done));
}

/** 查询转帐流水 (ST-22): of the menu's own channel where it has one. */
export async function openTransfers(desk: Desk, menu: Menu, cursor?: string): Promise<Page> {
  const chip = desk.card();
  const heard = await desk.link.ask({
    name: 'transfers',
    purpose: 'claim',
    path: '/terminal/claims',
    facts: (act) => ({ kind: 'transfers', ...cardFacts(chip, act), ...(cursor === undefined ? {} : { cursor }) }),
  });
  if (heard.kind !== 'answer') return messagePage(desk, { id: 'kiosk.transfers', title: FLOW, text: heard.text });
  const { transfers, nextCursor } = v.parse(machineTransfersReply, heard.body);
  const { channel } = menu;
  const shown = transfers.filter((one) => channel === undefined || one.channel === channel);
  const title =
    channel === undefined ? FLOW : { zh: `${FLOW.zh}（${CHANNEL_NAMES[channel].zh}）`, en: `${FLOW.en} (${CHANNEL_NAMES[channel].en})` };
  const more = nextCursor === null ? [] : [{ id: 'more', label: { zh: '下一页', en: 'Next page' } }];
  return {
    screen: screen({
      id: 'kiosk.transfers',
      title,
      table: {
        columns: [
          { zh: '转账名称', en: 'Transfer' },
          { zh: '转账金额', en: 'Amount' },
          { zh: '转账时间', en: 'Time' },
          { zh: '状态', en: 'State' },
        ],
        rows: shown.map(({ name, amountFen, at, arrival }) => [
          name.zh,
          yuan(amountFen).zh,
          at.slice(0, 19).replace('T', ' '),
          arrival === null ? '' : STATES[arrival.state],
        ]),
      },
      buttons: [...more, EXIT],
    }),
    on: { ...(nextCursor === null ? {} : { more: () => openTransfers(desk, menu, nextCursor) }), exit: async () => desk.home() },
  };
}

const STATES = { waiting: '待领取', writing: '待写卡', claimed: '已领取', 'on-card': '已到账', 'in-wallet': '已入钱包' } as const;
