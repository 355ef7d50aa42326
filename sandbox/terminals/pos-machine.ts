import type { Bilingual } from '../../shared/rule-pack';
import { type Machine, type MachineFault, type MachineWorld, PowerCut, type Screen } from './machine';
import { screen } from './page-kit';
import { type CardChip, CardPulled } from './physical-card';
import { Pos, type PosIdentity, TillRefusal } from './pos';
import type { PinKey } from './seal-pin';
import { dayEndPage } from './till/day-end-page';
import { type Dish, type PageName, shownSale, type TillDesk, type TillPage } from './till/desk';
import type { OfflinePassVerifier } from './till/forwarder';
import { Heartbeat } from './till/heartbeat';
import { menuPage, receiptsPage, refundPage, shiftPage, totalsPage } from './till/office-pages';
import { openPage } from './till/open-page';
import { receiptOf } from './till/receipt';
import { pinPage, presentPage, readyPage } from './till/sale-pages';

export interface PosMachineParts {
  readonly identity: PosIdentity;
  readonly world: MachineWorld;
  readonly school: Bilingual;
  readonly merchant: Bilingual;
  /** Keys of the fixed-price mode; without one there is no such mode. */
  readonly dishes?: readonly Dish[];
  /** Of the server, enrolled with the till: without it no password is asked for. */
  readonly pinKey?: PinKey;
  /** Without it the till takes nothing when the network is down. */
  readonly passes?: OfflinePassVerifier;
  /** Told the settings that each heartbeat brings; without it the till sends none. */
  readonly onSettings?: (settings: unknown) => void;
}

const FAULTS = [
  { id: 'network-cut', label: { zh: '断网', en: 'Network cut' } },
  { id: 'answer-lost', label: { zh: '应答丢失', en: 'Answers lost' } },
  { id: 'clock-fast', label: { zh: '时钟快五分钟', en: 'Clock five minutes fast' } },
  { id: 'clock-slow', label: { zh: '时钟慢五分钟', en: 'Clock five minutes slow' } },
  { id: 'power-cut', label: { zh: '断电', en: 'Power cut' } },
] as const satisfies readonly Omit<MachineFault, 'on'>[];
const PAGES: Readonly<Record<PageName, TillPage>> = {
  shift: shiftPage,
  ready: readyPage,
  present: presentPage,
  pin: pinPage,
  open: openPage,
  menu: menuPage,
  totals: totalsPage,
  receipts: receiptsPage,
  refund: refundPage,
  'day-end': dayEndPage,
};
const WRONG_MS = 300_000;
const DARK: Screen = screen({ id: 'dark', title: { zh: '断电', en: 'No power' } });

/** The till of a canteen with its screens and its printer. `tick` is called each second by whoever keeps the time. */
export class PosMachine implements Machine {
  readonly kind = 'pos';
  readonly #parts: PosMachineParts;
  readonly #on = new Set<string>();
  #card: CardChip | null = null;
  #isDark = false;
  #isTicking = false;
  #desk: TillDesk & { readonly heartbeat: Heartbeat };
  #page: PageName;
  /** Sale and state that the printer has put out since the power came. */
  #printed = '';

  constructor(parts: PosMachineParts) {
    this.#parts = parts;
    this.#desk = this.#newDesk();
    this.#page = this.#firstPage();
  }

  get pos(): Pos {
    return this.#desk.pos;
  }

  screen(): Screen {
    if (this.#isDark) return DARK;
    const { printed } = this.#desk.pos.journal.memory;
    const drawn = PAGES[this.#page](this.#desk).screen;
    return printed.length === 0 ? drawn : { ...drawn, receipt: printed };
  }

  async press(button: string, fields: Readonly<Record<string, string>> = {}): Promise<Screen> {
    if (this.#isDark) return DARK;
    const page = PAGES[this.#page](this.#desk);
    const act = page.screen.buttons.some(({ id }) => id === button) ? page.on[button] : undefined;
    return act === undefined ? this.screen() : this.#run(() => act(fields));
  }

  async place(card: CardChip | null): Promise<Screen> {
    if (this.#card !== null) this.#card.isThere = false;
    if (card !== null) card.isThere = true;
    this.#card = card;
    const onCard = this.#isDark || card === null ? undefined : PAGES[this.#page](this.#desk).onCard;
    return onCard === undefined ? this.screen() : this.#run(onCard);
  }

  /** What is open is asked about; the screen shows it when it has ended. */
  async tick(): Promise<Screen> {
    if (this.#isDark || this.#isTicking) return this.screen();
    this.#isTicking = true;
    try {
      await this.#beat();
      await this.#desk.pos.tick();
      this.#printShown();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isTicking = false;
    }
    return this.screen();
  }

  async #beat(): Promise<void> {
    const { onSettings } = this.#parts;
    if (onSettings === undefined) return;
    const settings = await this.#desk.heartbeat.tick();
    if (settings !== undefined) onSettings(settings);
  }

  faults(): readonly MachineFault[] {
    return FAULTS.map((fault) => ({ ...fault, on: this.#on.has(fault.id) }));
  }

  setFault(id: string, on: boolean): void {
    if (on) this.#on.add(id);
    else this.#on.delete(id);
    if (id === 'power-cut') this.#isDark = on;
    if (id !== 'power-cut' || on) return;
    // Whatever was not kept in the journal is gone.
    this.#printed = '';
    this.#desk = this.#newDesk();
    this.#page = this.#firstPage();
  }

  async #run(act: () => Promise<PageName>): Promise<Screen> {
    const desk = this.#desk;
    desk.notice = undefined;
    try {
      const next = await act();
      if (desk === this.#desk) this.#page = next;
      this.#printShown();
    } catch (error) {
      this.#fail(error);
    }
    return this.screen();
  }

  #fail(error: unknown): void {
    if (error instanceof TillRefusal) this.#desk.notice = { tone: 'bad', text: error.text };
    else if (error instanceof CardPulled) this.#desk.notice = { tone: 'bad', text: { zh: '请重新贴卡', en: 'Tap the card again.' } };
    else if (error instanceof PowerCut) {
      this.#on.add('power-cut');
      this.#isDark = true;
    } else throw error;
  }

  #printShown(): void {
    const sale = shownSale(this.#desk);
    if (sale === undefined || (sale.state !== 'charged' && sale.state !== 'voided')) return;
    const name = `${sale.sequence} ${sale.state}`;
    if (name === this.#printed) return;
    this.#printed = name;
    this.#desk.print(receiptOf(sale, this.#desk.head));
  }

  #firstPage(): PageName {
    return this.#desk.pos.journal.shift === undefined ? 'shift' : 'ready';
  }

  #newDesk(): TillDesk & { readonly heartbeat: Heartbeat } {
    const { identity, world, school, merchant, dishes = [], pinKey, passes } = this.#parts;
    const isOn = (id: string) => this.#on.has(id);
    const fetch: typeof globalThis.fetch = async (input, init) => {
      if (isOn('network-cut')) throw new TypeError('the network is cut');
      const reply = await world.fetch(input, init);
      if (isOn('answer-lost')) throw new TypeError('the answer was lost');
      return reply;
    };
    const clock = () => world.clock() + (isOn('clock-fast') ? WRONG_MS : 0) - (isOn('clock-slow') ? WRONG_MS : 0);
    const step = async (name: string) => {
      await world.step?.(name);
      if (isOn('power-cut')) throw new PowerCut(name);
    };
    const pos = new Pos(identity, { ...world, fetch, clock, step });
    return {
      heartbeat: new Heartbeat(identity, pos.journal, pos.sender),
      ...{ pos, dishes, pinKey, passes, head: { school, merchant, terminal: identity.terminal } },
      ...{ plate: [], isFixed: false, due: undefined, asked: undefined, shown: undefined, notice: undefined },
      card: () => {
        if (this.#card === null) throw new CardPulled();
        return this.#card;
      },
      hasCard: () => this.#card !== null,
      print: (lines) => pos.journal.change({ printed: [...lines] }),
    };
  }
}
