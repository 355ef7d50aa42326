import type { EpochMs } from '../../shared/time';
import type { Database, Item, Key, TableWrite } from './table';

/**
 * What of the rows under an account stays when its holder is erased: the books' own, under the number of the account (decision 0028).
 * Everything else goes, so that a new kind of row is erased until somebody puts it on this list.
 */
export const ROWS_THAT_STAY = [
  'CARD-CHARGE#',
  'CHIP-WRITE#',
  'CLOSE-OUT',
  'DISPUTE#',
  'ERASED',
  'GIFT#',
  'ORDER#',
  'PAY-OUT#',
  'PURSE#',
  'REVERSAL#',
] as const;

/** The holder's own row names the erasure and goes last. */
const GOES_LAST = 'HOLDER';

/** Rows that stay without what somebody typed into them. */
const WITHOUT_WORDS: Readonly<Record<string, (item: Item) => Item>> = {
  'DISPUTE#': (item) => ({ ...item, text: '', note: '' }),
};

export interface AccountName {
  readonly schoolId: string;
  readonly accountNo: number;
}

/** All rows under one account, whatever they are. Access pattern: the partition, a page at a time. */
export interface AccountRows {
  /** Removes what does not stay, and what was typed from what does. May be repeated. */
  erase(account: AccountName): Promise<void>;
  /** What remains of a holder: that there was one, and when it ended. */
  erasedRow(account: AccountName, at: { readonly requestedAt: EpochMs; readonly erasedAt: EpochMs }): TableWrite;
  /** When the holder of this account was erased. */
  erasedAt(account: AccountName): Promise<EpochMs | undefined>;
}

const partition = ({ schoolId, accountNo }: AccountName): string => `${schoolId}#ACCOUNT#${accountNo}`;

export function createAccountRows({ records }: Pick<Database, 'records'>): AccountRows {
  const eraseRow = async (item: Item): Promise<void> => {
    const sk = String(item.sk);
    if (sk === GOES_LAST) return;
    if (!ROWS_THAT_STAY.some((kind) => sk.startsWith(kind))) {
      await records.remove({ pk: String(item.pk), sk });
      return;
    }
    const kind = Object.keys(WITHOUT_WORDS).find((one) => sk.startsWith(one));
    const without = kind === undefined ? item : (WITHOUT_WORDS[kind]?.(item) ?? item);
    if (JSON.stringify(without) === JSON.stringify(item)) return;
    const version = Number(item.version);
    await records.put({ ...without, version: version + 1 }, { is: 'equal', attribute: 'version', to: version });
  };
  return {
    async erase(account) {
      let after: Key | undefined;
      do {
        const page = await records.query({
          partition: { name: 'pk', value: partition(account) },
          consistent: true,
          ...(after === undefined ? {} : { after }),
        });
        for (const item of page.items) await eraseRow(item);
        after = page.next;
      } while (after !== undefined);
    },
    erasedRow: (account, at) => ({ table: 'records', write: { put: { pk: partition(account), sk: 'ERASED', ...at } } }),
    async erasedAt(account) {
      const item = await records.get({ pk: partition(account), sk: 'ERASED' }, { consistent: true });
      return item === undefined ? undefined : Number(item.erasedAt);
    },
  };
}
