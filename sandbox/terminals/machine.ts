import type { Bilingual } from '../../shared/rule-pack';
import type { CardChip } from './physical-card';

/**
 * What stands in halls and bath houses, played with its screens: the bench top draws any of them from this, and a test reads and presses
 * the same screens. Labels are the words printed in the guides.
 */
export interface Machine {
  readonly kind: 'kiosk' | 'cash-machine' | 'settlement-pos' | 'water-controller' | 'gate' | 'pos';
  screen(): Screen;
  /** What a person does on the screen that is shown; `fields` by their ids. A button that is not shown does nothing. */
  press(button: string, fields?: Readonly<Record<string, string>>): Promise<Screen>;
  /** Lays a card on the reader, or takes it away (null), also in the middle of a write. */
  place(card: CardChip | null): Promise<Screen>;
  /** What it does by itself, called about each second while somebody looks: a till asks about what is open. */
  tick?(): Promise<Screen>;
  /** What the machine can be made to suffer, with its state now. */
  faults(): readonly MachineFault[];
  setFault(id: string, on: boolean): void;
}

export interface MachineFault {
  /** "network-cut", "answer-lost", "card-pulled", "power-cut", "note-jam", "clock-fast" … */
  readonly id: string;
  readonly label: Bilingual;
  readonly on: boolean;
}

export interface Screen {
  /** "kiosk.home", "kiosk.claim" …: tells a test where it is. */
  readonly id: string;
  readonly title: Bilingual;
  readonly lines: readonly ScreenLine[];
  readonly table?: { readonly columns: readonly Bilingual[]; readonly rows: readonly (readonly string[])[] };
  readonly fields: readonly ScreenField[];
  readonly buttons: readonly ScreenButton[];
  readonly notice?: ScreenNotice;
  /** Lamp of the slot for notes (ST-45), of a gate. */
  readonly light?: 'green' | 'red' | 'off';
  /** The card must stay on the reader: something is being written. */
  readonly busy?: boolean;
  /** What the printer has put out last, a line each. */
  readonly receipt?: readonly string[];
}

export interface ScreenLine {
  readonly label: Bilingual;
  readonly value: string | Bilingual;
  /** `big` is what is read from afar. */
  readonly tone?: 'big' | 'muted' | 'good' | 'bad';
}

export interface ScreenField {
  readonly id: string;
  readonly label: Bilingual;
  readonly kind: 'digits' | 'amount' | 'password' | 'text' | 'choice';
  readonly value?: string;
  readonly readOnly?: boolean;
  readonly choices?: readonly { readonly value: string; readonly label: Bilingual }[];
}

export interface ScreenButton {
  readonly id: string;
  readonly label: Bilingual;
  readonly tone?: 'primary' | 'danger' | 'plain';
}

export interface ScreenNotice {
  readonly tone: 'plain' | 'good' | 'bad' | 'wait';
  readonly text: Bilingual;
}

/** Thrown at a step by whoever plays a power cut: the machine is gone, and what it had not kept is lost. */
export class PowerCut extends Error {
  constructor(step: string) {
    super(`the power is cut at ${step}`);
    this.name = 'PowerCut';
  }
}

/** What every machine borrows from the world. */
export interface MachineWorld {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: () => number;
  /** Of the functions: "http://127.0.0.1:3001". */
  readonly baseUrl: string;
  /** Kept over power cuts, whatever the machine writes there: JSON. */
  readonly memory: { load(): unknown; save(memory: unknown): void };
  /**
   * Called before each effect with its name ("claim.send", "chip.write", "written.send" …): a test throws `PowerCut`, takes the card away or
   * cuts the network here, so that every step of every act can be the last.
   */
  readonly step?: (name: string) => Promise<void> | void;
}
