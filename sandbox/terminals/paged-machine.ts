import type { RulePack } from '../../shared/rule-pack';
import { type Machine, type MachineFault, type MachineWorld, PowerCut, type Screen } from './machine';
import { type MachineIdentity, MachineLink } from './machine-link';
import { type CardChip, CardPulled } from './physical-card';

export type Fields = Readonly<Record<string, string>>;

/** A screen and what its buttons do: each leads to the next page. */
export interface Page {
  readonly screen: Screen;
  readonly on?: Readonly<Record<string, (fields: Fields) => Promise<Page>>>;
}

/** What the pages of a machine have at hand. */
export interface Desk {
  readonly pack: RulePack;
  readonly link: MachineLink;
  /** Whether the switch of this name is on. */
  fault(id: string): boolean;
  /** The card on the reader. @throws CardPulled */
  card(): CardChip;
  /** What stands on the screen while something is going on. */
  show(page: Page): void;
  home(): Page;
}

export interface MachineParts {
  readonly kind: Machine['kind'];
  readonly identity: MachineIdentity;
  readonly pack: RulePack;
  readonly world: MachineWorld;
  readonly faults: readonly Omit<MachineFault, 'on'>[];
  /** With a card on the reader, or without one. */
  readonly home: (desk: Desk, hasCard: boolean) => Page;
  /** The card was taken away while this page was shown. */
  readonly pulled: (desk: Desk) => Page;
  readonly dark: Screen;
  /** What a power cut left on the machine beside its open acts. */
  readonly recover?: (desk: Desk) => Promise<void>;
  /** What it does by itself while somebody looks; the screen stays. */
  readonly tick?: (desk: Desk) => Promise<void>;
  /** A card was laid on the reader of a machine that waits for no button; the home page where absent. */
  readonly arrive?: (desk: Desk) => Promise<Page>;
}

/** Every machine breaks in these ways. */
export const COMMON_FAULTS: readonly Omit<MachineFault, 'on'>[] = [
  { id: 'network-cut', label: { zh: '断网', en: 'Network cut' } },
  { id: 'answer-lost', label: { zh: '应答丢失', en: 'Answers lost' } },
  { id: 'card-pulled', label: { zh: '写卡时拔卡', en: 'Card pulled while it is written' } },
  { id: 'power-cut', label: { zh: '写卡后断电', en: 'Power cut right after writing' } },
  { id: 'clock-fast', label: { zh: '时钟快十分钟', en: 'Clock ten minutes fast' } },
];
const FAST_MS = 600_000;

/** A machine that is a graph of pages over a line to the server and a card reader. */
export class PagedMachine implements Machine {
  readonly kind: Machine['kind'];
  readonly #parts: MachineParts;
  readonly #desk: Desk;
  readonly #on = new Set<string>();
  #card: CardChip | null = null;
  #page: Page;
  #isBusy = false;
  #isDark = false;

  constructor(parts: MachineParts) {
    this.kind = parts.kind;
    this.#parts = parts;
    const link = new MachineLink(parts.identity, { ...parts.world, step: (name) => this.#step(name) }, () => ({
      networkCut: this.#on.has('network-cut'),
      answerLost: this.#on.has('answer-lost'),
      aheadMs: this.#on.has('clock-fast') ? FAST_MS : 0,
    }));
    this.#desk = {
      pack: parts.pack,
      link,
      fault: (id) => this.#on.has(id),
      card: () => {
        if (this.#card === null) throw new CardPulled();
        return this.#card;
      },
      show: (page) => {
        this.#page = page;
      },
      home: () => parts.home(this.#desk, this.#card !== null),
    };
    this.#page = this.#desk.home();
  }

  screen(): Screen {
    return this.#isDark ? this.#parts.dark : this.#page.screen;
  }

  async press(button: string, fields: Fields = {}): Promise<Screen> {
    const act = this.screen().buttons.some(({ id }) => id === button) ? this.#page.on?.[button] : undefined;
    return act === undefined || this.#isBusy ? this.screen() : this.#run(() => act(fields));
  }

  async place(card: CardChip | null): Promise<Screen> {
    if (this.#card !== null) this.#card.isThere = false;
    if (card !== null) card.isThere = true;
    this.#card = card;
    // What is going on finds out by itself that the card is gone.
    if (this.#isBusy || this.#isDark) return this.screen();
    return this.#run(async () => {
      await this.#recover();
      return card !== null && this.#parts.arrive !== undefined ? this.#parts.arrive(this.#desk) : this.#desk.home();
    });
  }

  async tick(): Promise<Screen> {
    if (!this.#isDark) await this.#parts.tick?.(this.#desk);
    return this.screen();
  }

  faults(): readonly MachineFault[] {
    return this.#parts.faults.map((fault) => ({ ...fault, on: this.#on.has(fault.id) }));
  }

  setFault(id: string, on: boolean): void {
    if (on) this.#on.add(id);
    else this.#on.delete(id);
    if (id !== 'power-cut' || on || !this.#isDark) return;
    this.#isDark = false;
    this.#page = this.#desk.home();
  }

  async #recover(): Promise<void> {
    await this.#parts.recover?.(this.#desk);
    await this.#desk.link.settle();
  }

  async #run(act: () => Promise<Page>): Promise<Screen> {
    this.#isBusy = true;
    try {
      this.#page = await act();
    } catch (error) {
      if (error instanceof CardPulled) this.#page = this.#parts.pulled(this.#desk);
      else if (!(error instanceof PowerCut && this.#isDark)) throw error;
    } finally {
      this.#isBusy = false;
    }
    return this.screen();
  }

  /** The switches act where the guide warns: while the chip is written, and right after it. */
  async #step(name: string): Promise<void> {
    await this.#parts.world.step?.(name);
    if (name === 'chip.write' && this.#on.delete('card-pulled')) await this.place(null);
    if (name === 'chip.written' && this.#on.has('power-cut')) {
      this.#isDark = true;
      throw new PowerCut(name);
    }
  }
}
