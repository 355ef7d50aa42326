import { createHash } from 'node:crypto';
import type { PurseSums } from '../../sandbox/terminals/chip-purse';
import { CardChip } from '../../sandbox/terminals/physical-card';
import type { PurseBody, PurseReply, PurseUseBody, PurseUsesReply } from '../../shared/api/purses';
import { sum } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { cardIssuedDraft } from '../domain/card-issue';
import { writeCardNumber } from '../domain/card-number';
import { chipKey } from '../domain/school-keys';
import { type PurseDeps, purseAtMachine } from '../operations/purse-at-machine';
import { type PurseUsesDeps, uploadPurseUses } from '../operations/upload-purse-uses';
import { createClaims } from '../store/claims';
import { createPassbook } from '../store/passbook';
import { createPurseUses } from '../store/purse-uses';
import { createPurses } from '../store/purses';
import type { Database } from '../store/table';
import type { Terminal } from '../store/terminals';
import { createModelDatabase, type ModelDatabase } from './model-database';
import { SaleFixture } from './sale-fixture';

export const SETTLEMENT_POS = 40;
export const CONTROLLERS = [41, 42] as const;
/** The water merchant. */
export const WATER = 3;

type Deps = PurseDeps & PurseUsesDeps;

/** A school with baths: a settlement machine, two controllers, and cards with chips, over any store. */
export class PurseWorld {
  readonly database: ModelDatabase;
  readonly till: SaleFixture;
  readonly deps: Deps;
  stopped = 0;
  #sequence = 0;
  #serial = 0;

  constructor(database: ModelDatabase = createModelDatabase(), schoolId = 'bistu', pack: Partial<RulePack> = {}) {
    this.database = database;
    this.till = new SaleFixture(database, schoolId, pack);
    this.deps = this.depsOver(database);
  }

  /** The same world seen through another database: one that fails. */
  depsOver(database: Database): Deps {
    return {
      passbook: createPassbook(database),
      clock: () => this.till.now,
      backOff: async () => undefined,
      ownCard: async () => undefined,
      packOf: async () => this.till.pack,
      claims: createClaims(database),
      purses: createPurses(database),
      purseUses: createPurseUses(database),
      counter: {
        count: () => {
          this.stopped += 1;
        },
      },
    };
  }

  card(accountNo: number, issue = 1): CardChip {
    const cardNumber = writeCardNumber({ accountNo, issue });
    return new CardChip({ cardNumber, chipKey: chipKey(this.till.keys, cardNumber) });
  }

  body(chip: CardChip, kind: PurseBody['kind'] = 'settle', more: { terminal?: number; sequence?: number } = {}): PurseBody {
    this.#sequence += 1;
    const { terminal = SETTLEMENT_POS, sequence = this.#sequence } = more;
    const act = { schoolId: this.till.schoolId, terminal, sequence, occurredAt: this.till.now };
    const tap = chip.tap({ ...act, amountFen: 0 });
    return { ...act, kind, card: chip.cardNumber, chip: tap, purse: this.told(chip) };
  }

  told(chip: CardChip): PurseBody['purse'] {
    // Made of whole numbers, as a request has them before it is read.
    return chip.purse.tell(this.till.schoolId) as PurseBody['purse'];
  }

  send(body: PurseBody, deps: Deps = this.deps, enrolled?: Pick<Terminal, 'kind'>): Promise<PurseReply> {
    const kind = body.terminal === SETTLEMENT_POS ? 'settlement-pos' : 'water-controller';
    return purseAtMachine(deps, { ...this.#request(body), terminal: { merchant: WATER, ...(enrolled ?? { kind }) } });
  }

  /** A swipe: settles, and writes what is to be loaded. */
  async swipe(chip: CardChip, more: { terminal?: number; sequence?: number } = {}): Promise<PurseReply> {
    const reply = await this.send(this.body(chip, 'settle', more));
    if (reply.load !== null) expect(chip.purse.load(this.till.schoolId, reply.load)).toBe(true);
    return reply;
  }

  use(chip: CardChip, amountFen: number): PurseUseBody {
    chip.purse.spend(amountFen);
    this.#serial += 1;
    return { serial: this.#serial, card: chip.cardNumber, purse: this.told(chip), usedAt: this.till.now };
  }

  /** A use with any sums, as only somebody with the card's key could sign it. */
  claim(accountNo: number, sums: PurseSums): PurseUseBody {
    const cardNumber = writeCardNumber({ accountNo, issue: 1 });
    return this.use(new CardChip({ cardNumber, chipKey: chipKey(this.till.keys, cardNumber) }, { purse: sums }), 0);
  }

  upload(uses: readonly PurseUseBody[], more: { terminal?: number; kind?: Terminal['kind']; deps?: Deps } = {}): Promise<PurseUsesReply> {
    this.#sequence += 1;
    const { terminal = CONTROLLERS[0], kind = 'water-controller', deps = this.deps } = more;
    const act = { schoolId: this.till.schoolId, terminal, sequence: this.#sequence, occurredAt: this.till.now };
    return uploadPurseUses(deps, { ...this.#request({ ...act, uses: [...uses] }), terminal: { kind, merchant: WATER } });
  }

  /** The card office gives out the next card. */
  async replaceCard(accountNo: number): Promise<CardChip> {
    const { state } = await this.till.change(accountNo, (head) => cardIssuedDraft(head, { occurredAt: this.till.now }));
    return this.card(accountNo, state.cardIssue);
  }

  /** Where the money of an account lies. */
  async places(accountNo: number) {
    const { balances, purseSpentFen = 0, owedFen = 0 } = (await this.till.head(accountNo)).state;
    const entries = await this.till.all(accountNo);
    const water = sum(
      entries.flatMap(({ postings }) => postings.filter(({ leg }) => leg === `merchant:${WATER}`)).map(({ amountFen }) => amountFen),
    );
    return { card: balances.card, purse: balances.purse, settled: purseSpentFen, owed: owedFen, water };
  }

  #request<Body>(body: Body) {
    const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    return { body, bodyHash, pack: this.till.pack, keys: this.till.keys };
  }
}
