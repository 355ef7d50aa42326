import * as v from 'valibot';
import { purseReply } from '../../shared/api/purses';
import type { Bilingual, RulePack } from '../../shared/rule-pack';
import { loadPurse, purseFacts } from './load-purse';
import type { Machine, MachineWorld, ScreenButton, ScreenNotice } from './machine';
import type { MachineIdentity } from './machine-link';
import { line, messagePage, screen, yuan } from './page-kit';
import { COMMON_FAULTS, type Desk, type Page, PagedMachine } from './paged-machine';
import { type CardChip, CardPulled } from './physical-card';
import { endUse, keepUse, readLog, tellUses } from './use-log';

const TITLE: Bilingual = { zh: '水控器', en: 'Water controller' };
const RUN: ScreenButton = { id: 'run', label: { zh: '出水', en: 'Run water' }, tone: 'primary' };
const UPLOAD: ScreenButton = { id: 'upload', label: { zh: '上传记录', en: 'Upload records' }, tone: 'plain' };
const EMPTY: Bilingual = { zh: '小钱包余额不足，请到结算机结算', en: 'The small purse is empty: settle it at the settlement machine' };
/** Ten seconds of a shower; no guide prints what water costs. */
const PULSE_FEN = 20;
/** Trouble of the machine or the line and not of the card: the chip pays all the same. */
const NOT_THE_CARDS = ['claim.too-late', 'terminal.clock', 'terminal.stale'];

/**
 * 水控器 in a shower or at a boiler (BI-15, BI-19): water runs while the card is in and its purse has something. With a network it settles and fills the purse up when a card
 * is put in, so that nobody walks to a settlement machine; without one it sells what the chip has and tells of it later.
 */
export function createWaterController(identity: MachineIdentity, pack: RulePack, world: MachineWorld): Machine {
  return new PagedMachine({
    kind: 'water-controller',
    identity,
    pack,
    world,
    faults: COMMON_FAULTS,
    home: homePage,
    arrive,
    pulled: homePage,
    dark: screen({ id: 'water.dark', title: { zh: '断电', en: 'No power' } }),
    recover: upload,
  });
}

async function upload(desk: Desk): Promise<void> {
  endUse(desk);
  await tellUses(desk);
}

function homePage(desk: Desk): Page {
  const { open, waiting } = readLog(desk);
  const untold = waiting.length + (open === null ? 0 : 1);
  return {
    screen: screen({
      id: 'water.home',
      title: TITLE,
      lines: [
        line('插卡', 'Card', { zh: '请插卡用水', en: 'Put your card in' }, 'big'),
        ...(untold === 0 ? [] : [line('待上传', 'To be uploaded', String(untold), 'muted')]),
      ],
      buttons: untold === 0 ? [] : [UPLOAD],
    }),
    on: {
      upload: async () => {
        await upload(desk);
        return homePage(desk);
      },
    },
  };
}

async function arrive(desk: Desk): Promise<Page> {
  const chip = desk.card();
  const refusal = await settleIfConnected(desk, chip);
  if (refusal !== undefined) return messagePage(desk, { id: 'water.refused', title: TITLE, text: refusal });
  return waterPage(desk, chip, chip.purse.sums.spentFen);
}

/** The sentence for the holder where the server refuses the card. */
async function settleIfConnected(desk: Desk, chip: CardChip): Promise<Bilingual | undefined> {
  const facts = (act: Parameters<typeof purseFacts>[1]) => ({ kind: 'settle', ...purseFacts(desk, act, chip) });
  const heard = await desk.link.ask({ name: 'settle', purpose: 'purse', path: '/terminal/purses', facts });
  if (heard.kind === 'refused') return NOT_THE_CARDS.includes(heard.code) ? undefined : heard.text;
  if (heard.kind === 'answer') await loadPurse(desk, chip, v.parse(purseReply, heard.body).load);
  return undefined;
}

function waterPage(desk: Desk, chip: CardChip, fromFen: number, notice?: ScreenNotice): Page {
  const { restFen, sums } = chip.purse;
  const said: ScreenNotice | undefined = restFen === 0 ? { tone: 'bad', text: EMPTY } : notice;
  return {
    screen: screen({
      id: 'water.ready',
      title: TITLE,
      lines: [
        line('小钱包余额', 'Small purse', yuan(restFen), 'big'),
        line('本次消费', 'Used now', yuan(sums.spentFen - fromFen)),
        line('费率', 'Price', { zh: `${yuan(PULSE_FEN).zh}/10秒`, en: `${yuan(PULSE_FEN).en} for 10 s` }, 'muted'),
      ],
      ...(said === undefined ? {} : { notice: said }),
      buttons: restFen === 0 ? [] : [RUN],
    }),
    on: { run: () => run(desk, chip, fromFen) },
  };
}

/** Chip first, then the record, then the water: whatever is cut in between, no water runs that was not paid. */
async function run(desk: Desk, chip: CardChip, fromFen: number): Promise<Page> {
  await desk.link.step('chip.write');
  if (desk.card() !== chip) throw new CardPulled();
  chip.purse.spend(PULSE_FEN);
  await desk.link.step('chip.written');
  keepUse(desk, chip);
  await desk.link.step('water.run');
  return waterPage(desk, chip, fromFen, { tone: 'good', text: { zh: '出水中', en: 'Water is running' } });
}
