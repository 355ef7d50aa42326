import * as v from 'valibot';
import type { Bilingual, RulePack } from '../../shared/rule-pack';
import { countNote, depositNotes, type Note, recoverNotes } from './cash-deposit';
import { type Form, readForm, rewritePage } from './kiosk-claim';
import type { Machine, MachineWorld, ScreenButton, ScreenNotice } from './machine';
import type { MachineIdentity } from './machine-link';
import { EXIT, line, messagePage, screen, yuan } from './page-kit';
import { COMMON_FAULTS, type Desk, type Fields, type Page, PagedMachine } from './paged-machine';
import { placesPage } from './places-page';

const TITLE: Bilingual = { zh: '现金充值', en: 'Cash top-up' };
const CASH: ScreenButton = { id: 'cash', label: TITLE, tone: 'primary' };
const NEXT: ScreenButton = { id: 'next', label: { zh: '下一步', en: 'Next' }, tone: 'primary' };
const INSERT: ScreenButton = { id: 'insert', label: { zh: '放入纸币', en: 'Insert the notes' }, tone: 'primary' };
const PLACES: ScreenButton = { id: 'places', label: { zh: '充值机放置地点', en: 'Where are the machines?' }, tone: 'plain' };
const KEYPAD: Bilingual = { zh: '如有需要输入数字的地方，请使用密码键盘输入区', en: 'Type all digits on the PIN pad' };
const RETURNED: Bilingual = { zh: '此纸币不能识别，已退回', en: 'The note cannot be read and is given back' };
const JAMMED: Bilingual = {
  zh: '纸币卡住，已停止收钞；已计入的金额照常入账，卡住的纸币取出后退还',
  en: 'A note is stuck: counted notes are credited, the stuck one is given back',
};

/** What somebody may try to put in: the machine's own reader says what it is. */
const NOTES: readonly Note[] = [
  { denominationFen: 10_000, edition: '1999' },
  { denominationFen: 10_000, edition: '2005' },
  { denominationFen: 10_000, edition: '2015' },
  { denominationFen: 5_000, edition: '2005' },
  { denominationFen: 1_000, edition: '2019' },
];
const MAX_NOTES = 20;

/** 自助充值机: notes into the card's chip (ST-40…ST-48). */
export function createCashMachine(identity: MachineIdentity, pack: RulePack, world: MachineWorld): Machine {
  return new PagedMachine({
    kind: 'cash-machine',
    identity,
    pack,
    world,
    faults: [...COMMON_FAULTS, { id: 'note-jam', label: { zh: '卡钞', en: 'A note jams' } }],
    home: homePage,
    pulled: (desk) =>
      messagePage(desk, {
        id: 'cash.card-gone',
        title: TITLE,
        text: { zh: '卡片已移开，请重新放卡', en: 'The card is gone; put it back' },
      }),
    dark: screen({ id: 'cash.dark', title: { zh: '断电', en: 'No power' } }),
    recover: recoverNotes,
  });
}

function homePage(desk: Desk, hasCard: boolean): Page {
  const place = line('放卡', 'Card', { zh: '请先将一卡通放置于读卡区', en: 'Put your card on the reader first' }, 'big');
  const lines = [...(hasCard ? [] : [place]), line('提示', 'Note', KEYPAD, 'muted')];
  return {
    screen: screen({
      id: hasCard ? 'cash.home' : 'cash.place-card',
      title: { zh: '自助充值机', en: 'Cash Top-up Machine' },
      lines,
      light: 'off',
      buttons: hasCard ? [CASH, PLACES] : [PLACES],
    }),
    on: { cash: () => openCash(desk), places: async () => placesPage(desk, 'cash-machine') },
  };
}

/** 读取卡片信息 (ST-44). */
async function openCash(desk: Desk): Promise<Page> {
  const message = (text: Bilingual) => messagePage(desk, { id: 'cash.message', title: TITLE, text });
  if (!(await desk.link.settle()))
    return message({ zh: '系统暂时无法连接，请稍后再试', en: 'The server cannot be reached; try again later' });
  const read = await readForm(desk);
  if (!('form' in read)) return message(read.text);
  if (read.form.notes === null) return message({ zh: '学校未开通现金充值', en: 'The school takes no cash' });
  if (read.form.rewrite !== null) return rewritePage(desk, read.form.rewrite.amountFen, () => openCash(desk));
  return checkPage(desk, read);
}

function checkPage(desk: Desk, read: Form): Page {
  const { form } = read;
  return {
    screen: screen({
      id: 'cash.check',
      title: TITLE,
      lines: [
        line('姓名', 'Name', form.nameMasked),
        line('学工号', 'Number', form.numberMasked),
        line('卡余额', 'Card balance', yuan(form.cardFen), 'big'),
      ],
      notice: { tone: 'plain', text: { zh: '请核对卡片信息，无误后点击“下一步”', en: 'Check the card’s data, then press Next' } },
      buttons: [NEXT, EXIT],
    }),
    on: { next: async () => notesPage(desk, read), exit: async () => desk.home() },
  };
}

/** 放钞 (ST-45). */
function notesPage(desk: Desk, read: Form, notice?: ScreenNotice): Page {
  const isJammed = desk.fault('note-jam') && notice?.text === JAMMED;
  return {
    screen: screen({
      id: 'cash.notes',
      title: { zh: '放钞', en: 'Insert notes' },
      lines: [line('可用纸币', 'Takes', desk.pack.cashMachine?.note ?? { zh: '百元', en: 'RMB 100' })],
      fields: [
        {
          id: 'note',
          label: { zh: '纸币', en: 'Note' },
          kind: 'choice',
          choices: NOTES.map((note) => ({ value: nameOf(note), label: { zh: labelOf(note), en: nameOf(note) } })),
        },
        { id: 'count', label: { zh: '张数', en: 'How many' }, kind: 'digits', value: '1' },
      ],
      light: isJammed ? 'red' : 'green',
      ...(notice === undefined ? {} : { notice }),
      buttons: isJammed ? [EXIT] : [INSERT, EXIT],
    }),
    on: { insert: (fields) => insert(desk, read, fields), exit: async () => desk.home() },
  };
}

function nameOf({ denominationFen, edition }: Note): string {
  return `${denominationFen}|${edition}`;
}

function labelOf({ denominationFen, edition }: Note): string {
  return `${denominationFen / 100}元（${edition}年版）`;
}

const countSchema = v.pipe(v.string(), v.regex(/^\d{1,2}$/), v.transform(Number), v.minValue(1), v.maxValue(MAX_NOTES));

/** Note by note through the reader; what it counts is written down before the next one is drawn in. */
async function insert(desk: Desk, read: Form, fields: Fields): Promise<Page> {
  const note = NOTES.find((one) => nameOf(one) === fields.note) ?? NOTES[0];
  const count = v.safeParse(countSchema, fields.count ?? '1');
  if (note === undefined || !count.success) return notesPage(desk, read);
  const { notes } = read.form;
  const isAccepted = notes?.denominationsFen.some((fen) => fen === note.denominationFen) && notes.editions.includes(note.edition);
  if (!isAccepted) return notesPage(desk, read, { tone: 'bad', text: RETURNED });
  let counted = 0;
  for (let left = count.output; left > 0; left -= 1) {
    await desk.link.step('note.drawn-in');
    // Not counted and not credited: it is given back when somebody opens the machine.
    if (desk.fault('note-jam')) break;
    countNote(desk, read, note);
    counted += 1;
    await desk.link.step('note.counted');
  }
  if (counted > 0) return depositNotes(desk, read, { again: () => openCash(desk), title: TITLE });
  return notesPage(desk, read, { tone: 'bad', text: JAMMED });
}
