import * as v from 'valibot';
import type { Bilingual } from '../../shared/rule-pack';
import type { Machine, MachineFault, Screen } from '../terminals/machine';
import type { CardChip } from '../terminals/physical-card';

/** A machine of the bench as its page draws it. */
export interface MachineView {
  readonly terminal: number;
  readonly kind: Machine['kind'];
  readonly name: Bilingual;
  readonly screen: Screen;
  readonly faults: readonly MachineFault[];
  /** Number of the card that lies on its reader; null when none does. */
  readonly card: string | null;
}

export interface HallMachine {
  readonly terminal: number;
  readonly name: Bilingual;
  readonly machine: Machine;
}

const at = { schoolId: v.string(), terminal: v.number() };
const text = v.pipe(v.string(), v.maxLength(2_000));
export const hallActSchema = v.variant('act', [
  v.object({ ...at, act: v.literal('press'), button: text, fields: v.optional(v.record(v.string(), text), {}) }),
  v.object({ ...at, act: v.literal('place'), card: v.nullable(v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{1,20}$/))) }),
  v.object({ ...at, act: v.literal('fault'), id: text, on: v.boolean() }),
]);
export type HallAct = v.InferOutput<typeof hallActSchema>;

export interface HallParts {
  /** The machines that stand in a school's halls; made once a school. */
  readonly machinesOf: (schoolId: string) => readonly HallMachine[];
  readonly chipOf: (schoolId: string, cardNumber: string) => CardChip;
}

export interface Hall {
  view(schoolId: string): readonly MachineView[];
  /** Lets the machines of a school do what they do by themselves. */
  tick(schoolId: string): Promise<void>;
  /** Carries the act out and says how every machine of the school stands then: a card that is laid on one is taken from another. */
  act(act: HallAct): Promise<readonly MachineView[]>;
}

/** Every machine of the bench with its real screens. It plays hands and hardware, never the product. */
export function createHall({ machinesOf, chipOf }: HallParts): Hall {
  const schools = new Map<string, readonly HallMachine[]>();
  /** Where each card lies: "school/terminal" → its number. */
  const cards = new Map<string, string>();

  function machines(schoolId: string): readonly HallMachine[] {
    const known = schools.get(schoolId);
    if (known !== undefined) return known;
    const made = machinesOf(schoolId);
    schools.set(schoolId, made);
    return made;
  }

  function find(schoolId: string, terminal: number): Machine {
    const found = machines(schoolId).find((one) => one.terminal === terminal);
    if (found === undefined) throw new Error(`no machine ${terminal} at ${schoolId}`);
    return found.machine;
  }

  function view(schoolId: string): readonly MachineView[] {
    return machines(schoolId).map(({ terminal, name, machine }) => ({
      terminal,
      kind: machine.kind,
      name,
      screen: machine.screen(),
      faults: machine.faults(),
      card: cards.get(`${schoolId}/${terminal}`) ?? null,
    }));
  }

  async function place(schoolId: string, terminal: number, card: string | null): Promise<void> {
    const there = `${schoolId}/${terminal}`;
    for (const { terminal: other, machine } of machines(schoolId)) {
      const place = `${schoolId}/${other}`;
      if (other === terminal || card === null || cards.get(place) !== card) continue;
      cards.delete(place);
      await machine.place(null);
    }
    if (card === null) cards.delete(there);
    else cards.set(there, card);
    await find(schoolId, terminal).place(card === null ? null : chipOf(schoolId, card));
  }

  return {
    view,
    async tick(schoolId) {
      await Promise.all(machines(schoolId).map(({ machine }) => machine.tick?.()));
    },
    async act(act) {
      const machine = find(act.schoolId, act.terminal);
      if (act.act === 'place') await place(act.schoolId, act.terminal, act.card);
      else if (act.act === 'fault') machine.setFault(act.id, act.on);
      else await machine.press(act.button, act.fields);
      return view(act.schoolId);
    },
  };
}
