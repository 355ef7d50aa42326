import * as v from 'valibot';
import { type IdentityReply, identityReply } from '../../shared/api/terminal-identities';
import type { Bilingual, RulePack } from '../../shared/rule-pack';
import type { Machine, MachineWorld, ScreenField } from './machine';
import { type Heard, type MachineIdentity, type OpenAct, openActSchema } from './machine-link';
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
/** No chip is written at a gate, so a card is pulled and power is cut without a trace. */
const FAULTS = COMMON_FAULTS.filter(({ id }) => ['network-cut', 'answer-lost', 'clock-fast'].includes(id));

type Direction = 'in' | 'out';

/** Who is at the gate: by what makes two showings the same, and what of it is signed. */
interface Shown {
  readonly name: Readonly<Record<string, string>>;
  readonly facts?: (act: Act) => object;
}

/** An act is taken for so long after it began (docs/terminal-api.md). */
const REPEATED_WITHIN_MS = 60_000;
const memorySchema = v.object({ direction: v.picklist(['in', 'out']), unheard: v.nullable(openActSchema) });
const beganSchema = v.looseObject({ occurredAt: v.number(), direction: v.string() });

/** 门禁: tells who may pass and no more. Without a network it stays shut: an identity is judged by the server alone (docs/decisions/0022-gates.md). */
export function createGate(identity: MachineIdentity, pack: RulePack, world: MachineWorld): Machine {
  return new PagedMachine({
    kind: 'gate',
    identity,
    pack,
    world,
    faults: FAULTS,
    home: (desk) => readyPage(desk, directionOf(desk)),
    arrive: (desk) => verifyCard(desk),
    pulled: (desk) => readyPage(desk, directionOf(desk)),
    dark: screen({ id: 'gate.dark', title: { zh: '断电', en: 'No power' } }),
  });
}

function memoryOf({ link }: Desk): v.InferOutput<typeof memorySchema> {
  return link.own === null ? { direction: 'in', unheard: null } : v.parse(memorySchema, link.own);
}

/** Which way the guard has set it; kept until it is set anew. */
function directionOf(desk: Desk): Direction {
  return memoryOf(desk).direction;
}

function readyPage(
  desk: Desk,
  direction: Direction,
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
      scan: async (fields) => verify(desk, turned(desk, fields), { name: { kind: 'identity-code', code: fields.code ?? '' } }),
      turn: async (fields) => readyPage(desk, turned(desk, fields)),
    },
  };
}

function turned(desk: Desk, fields: Fields): Direction {
  const direction = fields.direction === 'out' ? 'out' : 'in';
  desk.link.own = { ...memoryOf(desk), direction };
  return direction;
}

function verifyCard(desk: Desk): Promise<Page> {
  const chip = desk.card();
  const name = { kind: 'identity-card', card: chip.cardNumber };
  return verify(desk, directionOf(desk), { name, facts: (act) => cardFacts(chip, act) });
}

/**
 * Where no answer was heard, whoever shows the same again is asked about with the same bytes: the server may have let them pass, and a second
 * asking would be a second passage. Anything else shown begins anew.
 */
async function verify(desk: Desk, direction: Direction, shown: Shown): Promise<Page> {
  const { link } = desk;
  const { unheard } = memoryOf(desk);
  const plan = { name: 'identity', purpose: 'identity', path: '/terminal/identities' } as const;
  const heard =
    unheard !== null && isSame(unheard, { ...shown.name, direction }, link.now())
      ? await link.takeUp(unheard)
      : await link.insist({ ...plan, facts: (act) => ({ ...shown.name, ...shown.facts?.(act), direction }) });
  link.own = { direction, unheard: heard.kind === 'nothing' ? (link.layAside(heard.sequence) ?? null) : null };
  return readyPage(desk, direction, toldOf(heard));
}

function isSame({ body }: OpenAct, wanted: Readonly<Record<string, string>>, now: number): boolean {
  const began = v.parse(beganSchema, JSON.parse(body));
  return now - began.occurredAt <= REPEATED_WITHIN_MS && Object.entries(wanted).every(([field, value]) => began[field] === value);
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
