import type { SaleAnswer } from '../../operations/authorize-payment';
import type { Cardholder } from './cardholder';
import { ask, newSale, type Sale, type TillFacts } from './sale-requests';
import { isOver, type World } from './world';

const MOST_ATTEMPTS = 5;
const MOST_QUESTIONS = 10;

/**
 * A POS and its retry protocol: the same body in every attempt, the attempt number counted up, then a query or a void
 * until something definite is heard. What it could not learn is asked again when the weather has cleared.
 */
export class Terminal {
  readonly #world: World;
  readonly #till: TillFacts;
  readonly #sales: Sale[] = [];
  #sequence = 0;

  constructor(world: World, terminal: number) {
    this.#world = world;
    this.#till = {
      terminal,
      merchant: 1 + (terminal % 3),
      skewMs: world.chance.between(-world.mix.terminalSkewMs, world.mix.terminalSkewMs),
    };
  }

  /** Sells until the world is over. A terminal serves one customer after another. */
  async sell(buyers: readonly Cardholder[]): Promise<void> {
    const { chance, mix, scheduler } = this.#world;
    const [hot = chance.pick(buyers)] = buyers;
    while (!isOver(this.#world)) {
      await scheduler.sleep(chance.between(0, mix.restMs));
      this.#sequence += 1;
      const sale = newSale(this.#world, this.#till, this.#sequence, chance.is(mix.hot) ? hot : chance.pick(buyers));
      // Somebody else serves the next customer meanwhile: many terminals share one number in the field.
      scheduler.start(() => this.#serve(sale));
    }
  }

  async #serve(sale: Sale): Promise<void> {
    const { chance, mix } = this.#world;
    this.#sales.push(sale);
    const answer = await this.#charge(sale);
    sale.mustVoid = chance.is(mix.voids) || (answer === undefined && chance.is(0.3));
    if (sale.mustVoid || answer === undefined) await this.#until(sale, sale.mustVoid ? 'void' : 'query');
  }

  /** Undefined when the attempts are used up and nothing definite was heard. */
  async #charge(sale: Sale): Promise<SaleAnswer | undefined> {
    const { chance, mix, scheduler } = this.#world;
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      const answer = await ask(this.#world, this.#till, sale, 'charge', attempt);
      if (isDefinite(answer)) return answer;
      // A refusal of the only attempt is believed, unless the cashier tries once more.
      if (answer?.outcome === 'not-charged' && attempt === 1 && chance.is(0.6)) return answer;
      // Some cashiers ask before they try again.
      if (chance.is(mix.asks)) return undefined;
      await scheduler.sleep(chance.pick([chance.between(0, 300), chance.between(1_000, 5_000), chance.between(10_000, 80_000)]));
    }
    return undefined;
  }

  async #until(sale: Sale, what: 'query' | 'void'): Promise<void> {
    const { chance, scheduler } = this.#world;
    for (let question = 1; question <= MOST_QUESTIONS; question += 1) {
      if (isDefinite(await ask(this.#world, this.#till, sale, what, question))) return;
      await scheduler.sleep(chance.between(500, 20_000));
    }
  }

  /** Asks about every sale until it knows, as a terminal does before its batch is closed. */
  async close(): Promise<void> {
    for (const sale of this.#sales) {
      const { begun, refusedSoftly } = sale.record;
      // A refusal of the only copy of the only attempt needs no question.
      if (!sale.mustVoid && begun === 1 && refusedSoftly && this.#world.chance.is(0.5)) continue;
      await this.#until(sale, sale.mustVoid ? 'void' : 'query');
    }
  }
}

function isDefinite(answer: SaleAnswer | undefined): boolean {
  if (answer === undefined) return false;
  return answer.outcome === 'not-charged' ? answer.definite : answer.outcome !== 'unknown';
}
