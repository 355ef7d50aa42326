import { randomBytes } from 'node:crypto';
import { fen } from '../../shared/money';
import { topUpDraft } from '../domain/account-changes';
import type { Entry } from '../domain/entry';
import { createFieldCipher } from '../lib/field-cipher';
import { createBankOrderSource } from '../operations/bank-order-source';
import type { DrawDeps } from '../operations/draw-hold';
import type { SweepDeps } from '../operations/settle-due-orders';
import { createBankCards } from '../store/bank-cards';
import { createOrders, DUE_SHARDS } from '../store/orders';
import { createPassbook } from '../store/passbook';
import type { Database } from '../store/table';
import { FakeBank } from './fake-bank';
import { FakePlatform } from './fake-platform';
import { SaleFixture } from './sale-fixture';

/** The fixture's own key: nothing sealed here leaves the test. */
const cipher = createFieldCipher(
  { current: 'k1', keys: { k1: new Uint8Array(randomBytes(32)) } },
  (count) => new Uint8Array(randomBytes(count)),
);

/** A school whose wallet is short, its bank, and the operations over any store. */
export class HeldSaleFixture {
  readonly till: SaleFixture;
  readonly bank: FakeBank;
  readonly database: Database;
  readonly deps: DrawDeps & SweepDeps;

  constructor(database: Database) {
    this.database = database;
    this.till = new SaleFixture(database, 'dufl');
    this.bank = new FakeBank(() => this.till.now);
    this.deps = this.depsOver(database);
  }

  depsOver(database: Database): DrawDeps & SweepDeps {
    return {
      orders: createOrders(database),
      passbook: createPassbook(database),
      bankCards: createBankCards(database),
      fieldCipher: cipher,
      clock: () => this.till.now,
      backOff: () => new Promise((resolve) => setImmediate(resolve)),
      wait: async (ms) => {
        this.till.now += ms;
      },
      packOf: async () => this.till.pack,
      banks: () => this.bank,
      platforms: {
        'wechat-pay': new FakePlatform('wechat-pay'),
        alipay: new FakePlatform('alipay'),
        'bank-card': createBankOrderSource(() => this.bank),
      },
      dueShards: DUE_SHARDS,
    };
  }

  /** An open wallet with that much of the holder's own money in it, and a card bound at the bank. */
  async holder(walletFen = 300): Promise<number> {
    const { till } = this;
    const accountNo = await till.account();
    await till.change(accountNo, (head) => ({
      kind: 'wallet-opened',
      entryId: 'open',
      postings: [],
      occurredAt: till.now,
      state: { ...head.state, walletOpen: true },
    }));
    if (walletFen > 0) {
      const credit = {
        orderNo: `first${accountNo}`,
        channel: 'bank-card',
        target: 'wallet',
        amountFen: fen(walletFen),
        paidAt: till.now,
      } as const;
      await till.change(accountNo, (head) => topUpDraft(head, { ...credit, recordedAt: till.now }, till.pack));
    }
    const agreement = cipher.seal({ schoolId: 'dufl', accountNo, field: 'bankAgreement' }, this.bank.bind());
    const card = {
      schoolId: 'dufl',
      accountNo,
      state: 'bound',
      bindingNo: 'b',
      agreement,
      cardTail: '6789',
      bankName: '中国建设银行',
    } as const;
    await createBankCards(this.database).save({ ...card, boundAt: till.now, version: 0 });
    return accountNo;
  }

  async holdOf(accountNo: number): Promise<Entry> {
    const hold = (await this.till.all(accountNo)).filter(({ kind }) => kind === 'hold').at(-1);
    if (hold === undefined) throw new Error('nothing is held');
    return hold;
  }

  async kinds(accountNo: number): Promise<readonly string[]> {
    return (await this.till.all(accountNo)).slice(2).map(({ kind }) => kind);
  }
}
