import * as v from 'valibot';
import { type IdentityReply, identityReply } from '../../shared/api/terminal-identities';
import { errorTable } from '../../shared/errors';
import type { Bilingual, RulePack } from '../../shared/rule-pack';
import { gateSettingsSchema, isIdentityPass, isSalesPass, judgeOffline, passedSchema } from './gate-passes';
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
const BEAT_EACH_MS = 60_000;
const memorySchema = v.object({
  direction: v.picklist(['in', 'out']),
  unheard: v.nullable(openActSchema),
  /** The last that was heard, and when it was last asked for. */
  settings: v.optional(v.nullable(gateSettingsSchema), null),
  beatAt: v.optional(v.number(), 0),
  passed: v.optional(v.array(passedSchema), []),
});
const heartbeatSchema = v.object({ settings: gateSettingsSchema });
const beganSchema = v.looseObject({ occurredAt: v.number(), direction: v.string() });

/**
 * 门禁: tells who may pass and no more. Codes and cards are judged by the server alone, so without a network it opens to offline identity passes
 * only (docs/decisions/0022-gates.md, 0024-identity-passes.md).
 */
export function createGate(identity: MachineIdentity, pack: RulePack, world: MachineWorld): Machine {
  return new PagedMachine({
    kind: 'gate',
    identity,
    pack,
    world,
    faults: FAULTS,
    home: (desk) => readyPage(desk, directionOf(desk)),
    arrive: (desk) => verifyCard(desk),
    tick: (desk) => beatWhenDue(desk),
    pulled: (desk) => readyPage(desk, directionOf(desk)),
    dark: screen({ id: 'gate.dark', title: { zh: '断电', en: 'No power' } }),
  });
}

function memoryOf({ link }: Pick<Desk, 'link'>): v.InferOutput<typeof memorySchema> {
  return v.parse(memorySchema, link.own ?? { direction: 'in', unheard: null });
}

function remember({ link }: Pick<Desk, 'link'>, change: Partial<v.InferOutput<typeof memorySchema>>): void {
  link.own = { ...memoryOf({ link }), ...change };
}

async function beatWhenDue(desk: Desk): Promise<void> {
  const since = desk.link.now() - memoryOf(desk).beatAt;
  // A clock that was set back must not keep it silent.
  if (since < 0 || since >= BEAT_EACH_MS) await beat(desk);
}

/** Whether the server was heard this moment. */
async function beat(desk: Desk): Promise<boolean> {
  remember(desk, { beatAt: desk.link.now() });
  const heard = v.safeParse(heartbeatSchema, await desk.link.heartbeat());
  if (heard.success) remember(desk, { settings: heard.output.settings });
  return heard.success;
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
      scan: async (fields) => scan(desk, turned(desk, fields), (fields.code ?? '').replace(/\s/g, '')),
      turn: async (fields) => readyPage(desk, turned(desk, fields)),
    },
  };
}

function turned(desk: Desk, fields: Fields): Direction {
  const direction = fields.direction === 'out' ? 'out' : 'in';
  remember(desk, { direction });
  return direction;
}

async function scan(desk: Desk, direction: Direction, code: string): Promise<Page> {
  if (isIdentityPass(code)) return verifyPass(desk, direction, code);
  if (isSalesPass(code)) return readyPage(desk, direction, shut(errorTable['identity.payment-code']));
  return verify(desk, direction, { name: { kind: 'identity-code', code } });
}

/** Where the server can be asked, nobody comes in by a pass: it knows of losses and of the other gates. */
async function verifyPass(desk: Desk, direction: Direction, digits: string): Promise<Page> {
  if (await beat(desk)) return readyPage(desk, direction, shut(ONLINE));
  const { settings, passed } = memoryOf(desk);
  if (settings === null) return readyPage(desk, direction, shut(NO_NETWORK));
  const way = settings.gate.direction === 'both' ? direction : settings.gate.direction;
  const at = { schoolId: desk.link.identity.schoolId, now: desk.link.now(), direction: way };
  const verdict = judgeOffline(digits, at, { settings, passed });
  if (!verdict.isValid) return readyPage(desk, direction, shut(errorTable[verdict.code]));
  remember(desk, { passed: [...verdict.passed] });
  return readyPage(desk, direction, open(verdict.role, [line('核验', 'Checked', { zh: '离线身份码', en: 'Offline pass' })]));
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
  remember(desk, { unheard: heard.kind === 'nothing' ? (link.layAside(heard.sequence) ?? null) : null });
  return readyPage(desk, direction, toldOf(desk, heard));
}

function isSame({ body }: OpenAct, wanted: Readonly<Record<string, string>>, now: number): boolean {
  const began = v.parse(beganSchema, JSON.parse(body));
  return now - began.occurredAt <= REPEATED_WITHIN_MS && Object.entries(wanted).every(([field, value]) => began[field] === value);
}

type Told = Pick<Page['screen'], 'light' | 'notice' | 'lines'>;

const ONLINE: Bilingual = { zh: '本门禁已联网，请出示身份码或刷卡', en: 'This gate is online: show the identity code or tap the card' };
const NO_NETWORK: Bilingual = { zh: '无法联网，请人工核验', en: 'No network: look at the card yourself' };
const NO_NETWORK_PASSES: Bilingual = {
  zh: '无法联网，请出示离线身份码，或人工核验',
  en: 'No network: show the offline identity pass, or look at the card yourself',
};

function toldOf(desk: Desk, heard: Heard): Told {
  if (heard.kind === 'nothing') return shut(memoryOf(desk).settings?.gate.takesIdentityPasses === true ? NO_NETWORK_PASSES : NO_NETWORK);
  if (heard.kind === 'refused') return shut(heard.text);
  const { role, nameMasked } = v.parse(identityReply, heard.body);
  return open(role, nameMasked === null ? [] : [line('姓名', 'Name', nameMasked)]);
}

function open(role: IdentityReply['role'], more: Told['lines']): Told {
  return {
    light: 'green',
    notice: { tone: 'good', text: { zh: '请通行', en: 'Go ahead' } },
    lines: [line('身份', 'Role', ROLES[role], 'big'), ...more],
  };
}

function shut({ zh, en }: Bilingual): Told {
  return { light: 'red', notice: { tone: 'bad', text: { zh, en } }, lines: [] };
}
