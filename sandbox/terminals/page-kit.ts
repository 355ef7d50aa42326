import * as v from 'valibot';
import { chipReply } from '../../shared/api/terminal-services';
import { fen, formatYuan } from '../../shared/money';
import type { Bilingual } from '../../shared/rule-pack';
import type { Screen, ScreenButton, ScreenLine } from './machine';
import type { ActPlan, Heard } from './machine-link';
import type { Desk, Page } from './paged-machine';
import { type CardChip, CardPulled } from './physical-card';
import { sealPin } from './seal-pin';

/** Words that stand on more than one screen. */
export const OK: ScreenButton = { id: 'ok', label: { zh: '确定', en: 'OK' }, tone: 'primary' };
export const EXIT: ScreenButton = { id: 'exit', label: { zh: '退出', en: 'Exit' }, tone: 'plain' };
export const REWRITE: ScreenButton = { id: 'rewrite', label: { zh: '补写', en: 'Re-write' }, tone: 'primary' };
const RETRY: ScreenButton = { id: 'retry', label: { zh: '重试', en: 'Try again' }, tone: 'primary' };
const DO_NOT_MOVE: Bilingual = { zh: '写卡中，请勿移动卡片', en: 'Writing: do not remove the card' };

/** As the guides print money: 53.00元. */
export function yuan(amountFen: number): Bilingual {
  const text = formatYuan(fen(amountFen));
  return { zh: `${text}元`, en: `RMB ${text}` };
}

export function line(zh: string, en: string, value: string | Bilingual, tone?: ScreenLine['tone']): ScreenLine {
  return { label: { zh, en }, value, ...(tone === undefined ? {} : { tone }) };
}

type Parts = Omit<Screen, 'lines' | 'fields' | 'buttons'> & Partial<Pick<Screen, 'lines' | 'fields' | 'buttons'>>;

export function screen(parts: Parts): Screen {
  return { lines: [], fields: [], buttons: [], ...parts };
}

/** A sentence, and the way back to the home screen. */
export function messagePage(desk: Desk, message: { id: string; title: Bilingual; text: Bilingual; good?: boolean }): Page {
  const { id, title, text, good = false } = message;
  return {
    screen: screen({ id, title, notice: { tone: good ? 'good' : 'bad', text }, buttons: [EXIT] }),
    on: { exit: async () => desk.home() },
  };
}

/** No answer: the same bytes again when somebody presses, or at the next visit. */
export function waitingPage(desk: Desk, unheard: Extract<Heard, { kind: 'nothing' }>, then: (heard: Heard) => Promise<Page>): Page {
  return {
    screen: screen({
      id: 'waiting',
      title: { zh: '等待系统应答', en: 'Waiting for the server' },
      notice: { tone: 'wait', text: unheard.text },
      buttons: [RETRY, EXIT],
    }),
    on: { retry: async () => then(await desk.link.resend(unheard.sequence)), exit: async () => desk.home() },
  };
}

export function writingPage(title: Bilingual): Page {
  return { screen: screen({ id: 'writing', title, notice: { tone: 'wait', text: DO_NOT_MOVE }, busy: true }) };
}

export type Act = Parameters<ActPlan['facts']>[0];

/** The card's number and its chip's code for the act. */
export function cardFacts(chip: CardChip, act: Act, amountFen = 0) {
  return { card: chip.cardNumber, chip: chip.tap({ ...act, amountFen }) };
}

/** A password typed on the PIN pad, to the key that the server names. */
export function pinFacts(desk: Desk, act: Act, pinKeyId: string, pin: string) {
  const key = desk.link.identity.pinKeys.find(({ keyId }) => keyId === pinKeyId);
  if (key === undefined) throw new Error(`the card office enrolled no key ${pinKeyId} with this machine`);
  return sealPin(pin, key, act);
}

export interface ToWrite {
  readonly chip: CardChip;
  readonly write: number;
  readonly amountFen: number;
}

export type Written = 'written' | 'not-written' | 'untold';

/**
 * Step 1 to 3 of docs/terminal-api.md. A chip that holds the number already is told of and not written. `untold`: it holds the amount, and the
 * server hears of it later.
 */
export async function writeChip(desk: Desk, { chip, write, amountFen }: ToWrite, title: Bilingual): Promise<Written> {
  desk.show(writingPage(title));
  try {
    await desk.link.step('chip.write');
    if (desk.card() !== chip) throw new CardPulled();
    chip.write(write, amountFen);
  } catch (error) {
    if (!(error instanceof CardPulled)) throw error;
    await tell(desk, 'failed', { chip, write, amountFen });
    return 'not-written';
  }
  await desk.link.step('chip.written');
  const heard = await tell(desk, 'written', { chip, write, amountFen });
  return heard.kind === 'nothing' ? 'untold' : 'written';
}

function tell(desk: Desk, kind: 'written' | 'failed', { chip, write, amountFen }: ToWrite): Promise<Heard> {
  const facts = () => ({ kind, card: chip.cardNumber, write, amountFen });
  return desk.link.insist({ name: kind, purpose: 'chip', path: '/terminal/chip-writes', facts });
}

/** 补写: what of last time is to be written. */
export async function rewrite(desk: Desk, title: Bilingual): Promise<Written | Exclude<Heard, { kind: 'answer' }>> {
  const chip = desk.card();
  const facts = (act: Act) => ({ kind: 'rewrite', ...cardFacts(chip, act) });
  const heard = await desk.link.ask({ name: 'rewrite', purpose: 'chip', path: '/terminal/chip-writes', facts });
  if (heard.kind !== 'answer') return heard;
  const { write, amountFen } = v.parse(chipReply, heard.body);
  return writeChip(desk, { chip, write, amountFen }, title);
}
