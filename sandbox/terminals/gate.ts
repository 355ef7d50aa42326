import * as v from 'valibot';
import { type IdentityReply, identityReply } from '../../shared/api/terminal-identities';
import type { Bilingual, RulePack } from '../../shared/rule-pack';
import type { Machine, MachineWorld, ScreenField } from './machine';
import type { Heard, MachineIdentity } from './machine-link';
import { type Act, cardFacts, line, screen } from './page-kit';
import { COMMON_FAULTS, type Desk, type Fields, type Page, PagedMachine } from './paged-machine';

const TITLE: Bilingual = { zh: '请出示身份码或校园卡', en: 'Show an identity code or a card' };
const ROLES: Readonly<Record<IdentityReply['role'], Bilingual>> = {
  student: { zh: '学生', en: 'Student' },
  staff: { zh: '教职工', en: 'Staff' },
  temporary: { zh: '临时人员', en: 'Visitor' },
};
const DIRECTION: ScreenField = {
  id: 'direction',
  label: { zh: '方向', en: 'Direction' },
  kind: 'choice',
  value: 'in',
  choices: [
    { value: 'in', label: { zh: '进', en: 'In' } },
    { value: 'out', label: { zh: '出', en: 'Out' } },
  ],
};
/** Nothing is written at a gate, so a card is pulled and power is cut without a trace. */
const FAULTS = COMMON_FAULTS.filter(({ id }) => ['network-cut', 'answer-lost', 'clock-fast'].includes(id));

type Facts = (act: Act) => object;

/** 门禁: tells who may pass and no more. Without a network it stays shut: an identity is judged by the server alone (docs/decisions/0022-gates.md). */
export function createGate(identity: MachineIdentity, pack: RulePack, world: MachineWorld): Machine {
  return new PagedMachine({
    kind: 'gate',
    identity,
    pack,
    world,
    faults: FAULTS,
    home: (desk) => readyPage(desk, directionOf(desk)),
    arrive: (desk) => verify(desk, directionOf(desk), (act) => ({ kind: 'identity-card', ...cardFacts(desk.card(), act) })),
    pulled: (desk) => readyPage(desk, directionOf(desk)),
    dark: screen({ id: 'gate.dark', title: { zh: '断电', en: 'No power' } }),
  });
}

/** Which way the guard has set it; kept until it is set anew. */
function directionOf({ link }: Desk): 'in' | 'out' {
  return link.own === 'out' ? 'out' : 'in';
}

function readyPage(
  desk: Desk,
  direction: 'in' | 'out',
  told: Pick<Page['screen'], 'light' | 'notice' | 'lines'> = { light: 'off', lines: [] },
): Page {
  return {
    screen: screen({
      id: told.light === 'off' ? 'gate.ready' : `gate.${told.light === 'green' ? 'open' : 'shut'}`,
      title: TITLE,
      ...told,
      fields: [
        { id: 'code', label: { zh: '身份码', en: 'Code' }, kind: 'digits' },
        { ...DIRECTION, value: direction },
      ],
      buttons: [
        { id: 'scan', label: { zh: '扫码', en: 'Scan' }, tone: 'primary' },
        { id: 'turn', label: { zh: '设定方向', en: 'Set the direction' }, tone: 'plain' },
      ],
    }),
    on: {
      scan: async (fields) => verify(desk, turned(desk, fields), () => ({ kind: 'identity-code', code: fields.code ?? '' })),
      turn: async (fields) => readyPage(desk, turned(desk, fields)),
    },
  };
}

function turned(desk: Desk, { direction }: Fields): 'in' | 'out' {
  desk.link.own = direction === 'out' ? 'out' : 'in';
  return directionOf(desk);
}

/** The same bytes are sent again while no answer comes: a retry is the same passage and not a second one. */
async function verify(desk: Desk, direction: 'in' | 'out', facts: Facts): Promise<Page> {
  const plan = { name: 'identity', purpose: 'identity', path: '/terminal/identities' } as const;
  const heard = await desk.link.insist({ ...plan, facts: (act) => ({ ...facts(act), direction }) });
  if (heard.kind === 'nothing') desk.link.drop(heard.sequence);
  return readyPage(desk, direction, toldOf(heard));
}

function toldOf(heard: Heard): Pick<Page['screen'], 'light' | 'notice' | 'lines'> {
  if (heard.kind === 'nothing') {
    const text = { zh: '无法联网，请人工核验', en: 'No network: look at the card yourself' };
    return { light: 'red', notice: { tone: 'bad', text }, lines: [] };
  }
  if (heard.kind === 'refused') return { light: 'red', notice: { tone: 'bad', text: heard.text }, lines: [] };
  const { role, nameMasked } = v.parse(identityReply, heard.body);
  return {
    light: 'green',
    notice: { tone: 'good', text: { zh: '请通行', en: 'Go ahead' } },
    lines: [line('身份', 'Role', ROLES[role], 'big'), ...(nameMasked === null ? [] : [line('姓名', 'Name', nameMasked)])],
  };
}
