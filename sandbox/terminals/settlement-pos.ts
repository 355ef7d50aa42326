import * as v from 'valibot';
import { purseReply } from '../../shared/api/purses';
import type { Bilingual, RulePack } from '../../shared/rule-pack';
import { loadPurse, purseFacts } from './load-purse';
import type { Machine, MachineWorld, ScreenButton } from './machine';
import type { Heard, MachineIdentity } from './machine-link';
import { line, messagePage, screen, waitingPage, yuan } from './page-kit';
import { COMMON_FAULTS, type Desk, type Page, PagedMachine } from './paged-machine';
import type { CardChip } from './physical-card';
import { placesPage } from './places-page';

const TITLE: Bilingual = { zh: '小钱包结算', en: 'Small-purse settlement' };
const SETTLING: Bilingual = { zh: '结算中，请勿移动卡片', en: 'Settling: do not remove the card' };
const UNREACHABLE: Bilingual = { zh: '系统暂时无法连接，请稍后再试', en: 'The server cannot be reached; try again later' };
const PLACES: ScreenButton = { id: 'places', label: { zh: '结算机放置地点', en: 'Where are the machines?' }, tone: 'plain' };

/** 结算 POS 机 (BI-16…BI-18, BI-20): a swipe is all it takes. */
export function createSettlementPos(identity: MachineIdentity, pack: RulePack, world: MachineWorld): Machine {
  return new PagedMachine({
    kind: 'settlement-pos',
    identity,
    pack,
    world,
    faults: COMMON_FAULTS,
    home: homePage,
    arrive: settle,
    pulled: (desk) =>
      messagePage(desk, {
        id: 'settlement.card-gone',
        title: TITLE,
        text: { zh: '卡片已移开，金额没有丢失：请重新刷卡', en: 'The card is gone and nothing is lost: swipe it again' },
      }),
    dark: screen({ id: 'settlement.dark', title: { zh: '断电', en: 'No power' } }),
  });
}

function homePage(desk: Desk): Page {
  return {
    screen: screen({
      id: 'settlement.home',
      title: { zh: '结算 POS 机', en: 'Settlement POS' },
      lines: [line('刷卡', 'Card', { zh: '请刷卡结算小钱包', en: 'Swipe your card to settle the small purse' }, 'big')],
      buttons: [PLACES],
    }),
    on: { places: async () => placesPage(desk, 'settlement-pos') },
  };
}

async function settle(desk: Desk): Promise<Page> {
  const chip = desk.card();
  desk.show({ screen: screen({ id: 'settlement.busy', title: TITLE, notice: { tone: 'wait', text: SETTLING }, busy: true }) });
  if (!(await desk.link.settle())) return messagePage(desk, { id: 'settlement.unreachable', title: TITLE, text: UNREACHABLE });
  const heard = await desk.link.insist({
    name: 'settle',
    purpose: 'purse',
    path: '/terminal/purses',
    facts: (act) => ({ kind: 'settle', ...purseFacts(desk, act, chip) }),
  });
  return afterSettling(desk, chip, heard);
}

async function afterSettling(desk: Desk, chip: CardChip, heard: Heard): Promise<Page> {
  if (heard.kind === 'nothing') return waitingPage(desk, heard, (next) => afterSettling(desk, chip, next));
  if (heard.kind === 'refused') return messagePage(desk, { id: 'settlement.refused', title: TITLE, text: heard.text });
  const { cardFen, usedFen, refillFen, load } = v.parse(purseReply, heard.body);
  await loadPurse(desk, chip, load);
  return {
    screen: screen({
      id: 'settlement.done',
      title: TITLE,
      lines: [
        line('系统账户余额', 'Account balance', yuan(cardFen), 'big'),
        line('小钱包消费额', 'Used from the small purse', yuan(usedFen), 'big'),
        line('小钱包充入', 'Into the small purse', yuan(refillFen)),
        line('小钱包余额', 'Small purse', yuan(chip.purse.restFen)),
      ],
      notice: { tone: 'good', text: { zh: '结算完成，请取卡', en: 'Settled: take your card' } },
      buttons: [PLACES],
    }),
    on: { places: async () => placesPage(desk, 'settlement-pos') },
  };
}
