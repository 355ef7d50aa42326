import type { Bilingual, KioskService, RulePack } from '../../shared/rule-pack';
import { openBinding, openTransfer } from './kiosk-bank';
import { openPassword, openReactivate, openStatement } from './kiosk-card';
import { openClaim, openRewrite, openTransfers } from './kiosk-claim';
import type { Machine, MachineWorld, ScreenButton } from './machine';
import type { MachineIdentity } from './machine-link';
import { EXIT, line, messagePage, screen } from './page-kit';
import { COMMON_FAULTS, type Desk, type Page, PagedMachine } from './paged-machine';
import { placesPage } from './places-page';

const TITLE: Bilingual = { zh: '校园卡自助服务系统', en: 'Campus Card Automatic Service System' };
const PLACE_CARD: Bilingual = { zh: '请将校园卡放到圈存机读卡区域', en: 'Put your campus card on the reader' };
const PLACES: ScreenButton = { id: 'places', label: { zh: '圈存机放置地点', en: 'Where can I find a machine?' }, tone: 'plain' };
const UNREACHABLE: Bilingual = { zh: '系统暂时无法连接，请稍后再试', en: 'The server cannot be reached; try again later' };

type Menu = NonNullable<RulePack['kioskMenu']>[number];

/** Where the pack prints no menu. */
const ONE_MENU: readonly Menu[] = [{ zh: '自助服务', en: 'Self Service', services: ['claim', 'transfers', 'rewrite'] }];

type Opener = (desk: Desk, menu: Menu) => Promise<Page>;

/** What stands behind each button. */
const SERVICES: Readonly<Record<KioskService, { readonly label: (pack: RulePack) => Bilingual; readonly open: Opener }>> = {
  claim: { label: (pack) => pack.arrival.claimLabel ?? { zh: '领取转账金额', en: 'Claim transferred money' }, open: openClaim },
  transfers: { label: () => ({ zh: '查询转帐流水', en: 'Transfer records' }), open: openTransfers },
  rewrite: { label: () => ({ zh: '补写', en: 'Re-write' }), open: openRewrite },
  'change-password': { label: () => ({ zh: '修改密码', en: 'Change password' }), open: openPassword },
  statement: { label: () => ({ zh: '持卡人流水查询', en: 'Cardholder flow query' }), open: openStatement },
  reactivate: { label: () => ({ zh: '旧卡重新启用', en: 'Put a found card back into use' }), open: openReactivate },
  'bank-binding': { label: () => ({ zh: '申请绑定', en: 'Bind a bank card' }), open: openBinding },
  'bank-transfer': { label: bankLabel, open: openTransfer },
};

/** 银校转账, or the school's own word for it (SJ-info-1057). */
function bankLabel({ topUp }: RulePack): Bilingual {
  const channel = topUp.channels.find(({ id, target }) => id === 'bank-card' && target === 'card');
  return channel?.label ?? { zh: '银校转账', en: 'Transfer from bank card' };
}

/** 校园卡自助服务系统: the self-service machine of ST-15…ST-39 and SJ-08…SJ-12, by the menu of its school's pack. */
export function createKiosk(identity: MachineIdentity, pack: RulePack, world: MachineWorld): Machine {
  return new PagedMachine({
    kind: 'kiosk',
    identity,
    pack,
    world,
    faults: COMMON_FAULTS,
    home: homePage,
    pulled: (desk) =>
      messagePage(desk, {
        id: 'kiosk.card-gone',
        title: TITLE,
        text: { zh: '卡片已移开，请重新放卡', en: 'The card is gone; put it back' },
      }),
    dark: screen({ id: 'kiosk.dark', title: { zh: '断电', en: 'No power' } }),
  });
}

function homePage(desk: Desk, hasCard: boolean): Page {
  const { pack } = desk;
  const menus = pack.kioskMenu ?? ONE_MENU;
  const lines = [
    ...(hasCard ? [] : [line('放卡', 'Card', PLACE_CARD, 'big')]),
    ...(pack.kioskRepair === undefined ? [] : [line('报修', 'Repair', pack.kioskRepair, 'muted')]),
  ];
  const places = { [PLACES.id]: async () => placesPage(desk, 'kiosk') };
  if (!hasCard) return { screen: screen({ id: 'kiosk.place-card', title: TITLE, lines, buttons: [PLACES] }), on: places };
  return {
    screen: screen({
      id: 'kiosk.home',
      title: TITLE,
      lines,
      buttons: [...menus.map(({ zh, en }, index) => ({ id: `menu-${index}`, label: { zh, en } })), PLACES],
    }),
    on: { ...places, ...Object.fromEntries(menus.map((menu, index) => [`menu-${index}`, async () => menuPage(desk, menu)])) },
  };
}

function menuPage(desk: Desk, menu: Menu): Page {
  const offered = (menu.services ?? []).map((id) => ({ id, ...SERVICES[id] }));
  const open = async (opener: Opener): Promise<Page> => {
    // What an earlier visit left open is ended first: its sequence decides what is on the card.
    if (await desk.link.settle()) return opener(desk, menu);
    return messagePage(desk, { id: 'kiosk.unreachable', title: TITLE, text: UNREACHABLE });
  };
  return {
    screen: screen({
      id: 'kiosk.menu',
      title: { zh: menu.zh, en: menu.en },
      buttons: [...offered.map(({ id, label }) => ({ id, label: label(desk.pack) })), EXIT],
    }),
    on: {
      ...Object.fromEntries(offered.map((service) => [service.id, () => open(service.open)])),
      exit: async () => desk.home(),
    },
  };
}
