import { createHash } from 'node:crypto';
import type { PassesReply, PassSaleBody, PassSaleReply } from '../../shared/api/passes';
import type { RulePack } from '../../shared/rule-pack';
import { type TakePassDeps, takePass } from '../operations/take-pass';
import { createClaims } from '../store/claims';
import { createNotices } from '../store/notices';
import { createPasses } from '../store/passes';
import { createReceivableCases } from '../store/receivable-cases';
import type { Terminal } from '../store/terminals';
import { createModelDatabase } from './model-database';
import { type Phone, StudentWorld, type TestHolder } from './student-world';

const PASSWORD = '739154';

/** A school whose tills sell by offline pass: phones through the student API, tills by the operation behind their address. */
export class PassWorld {
  readonly students: StudentWorld;
  readonly deps: TakePassDeps;
  #sequence = 0;

  private constructor(students: StudentWorld) {
    this.students = students;
    const { database, deps } = students;
    this.deps = {
      ...deps,
      passes: createPasses(database),
      claims: createClaims(database),
      receivableCases: createReceivableCases(database),
      notices: createNotices(database),
    };
  }

  /** BISTU: top-ups are on the card at once. */
  static async create(change: (pack: RulePack) => RulePack = (pack) => pack): Promise<PassWorld> {
    return new PassWorld(await StudentWorld.create(createModelDatabase(), { bistu: change }));
  }

  /** A holder with money on the card, and their phone. */
  async holder(cardFen: number, openid = 'one'): Promise<{ holder: TestHolder; phone: Phone }> {
    const phone = this.students.phone(openid);
    const holder = await this.students.provenHolder(phone, 'bistu', PASSWORD);
    if (cardFen > 0) await this.students.topUp(holder, cardFen);
    return { holder, phone };
  }

  async open(phone: Phone): Promise<PassesReply> {
    const heard = await phone.post('/student/passes');
    if (heard.status !== 200) throw new Error(`passes: ${JSON.stringify(heard.body)}`);
    return heard.body;
  }

  /** A sale as a till without network keeps it. */
  sale(pass: string | undefined, amountFen: unknown, more: Partial<PassSaleBody> = {}): PassSaleBody {
    this.#sequence += 1;
    return {
      schoolId: 'bistu',
      terminal: 7,
      sequence: this.#sequence,
      kind: 'charge-pass',
      amountFen,
      occurredAt: this.students.now,
      pass: pass ?? '',
      ...more,
    };
  }

  tell(body: PassSaleBody, terminal: Pick<Terminal, 'merchant' | 'kind'> = { merchant: 12 }): Promise<PassSaleReply> {
    const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    return takePass(this.deps, { body, bodyHash, terminal });
  }

  /** What the merchants of the school have been paid for this holder's sales. */
  async paid(holder: TestHolder): Promise<number> {
    const entries = await this.students.entries(holder);
    const sides = entries.flatMap(({ postings }) => postings).filter(({ leg }) => leg.startsWith('merchant:'));
    return sides.reduce((total, { amountFen }) => total + amountFen, 0);
  }
}
