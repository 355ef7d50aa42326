/** The banks of this world and the account each school has with one of them: data, as the schools' guides name them. */
export interface BankFacts {
  readonly name: string;
  /** Of its cards. 99 begins no card of any network, as 100 begins no mobile. */
  readonly prefix: string;
}

export const BANKS = {
  ccb: { name: '中国建设银行', prefix: '990101' },
  bosc: { name: '上海银行', prefix: '990202' },
  boc: { name: '中国银行', prefix: '990303' },
} as const satisfies Record<string, BankFacts>;

export type BankId = keyof typeof BANKS;

/** `services`: the bank offers bindings, debits and payouts to this school; otherwise it only keeps the school's account. */
export const SCHOOL_ACCOUNTS: Readonly<Record<string, { readonly bank: BankId; readonly services: boolean }>> = {
  sjtu: { bank: 'boc', services: true },
  shanghaitech: { bank: 'bosc', services: true },
  dufl: { bank: 'ccb', services: true },
  bistu: { bank: 'boc', services: false },
};

export const BANK_IDS: readonly BankId[] = ['ccb', 'bosc', 'boc'];

/** The schools a bank serves. */
export function clientsOf(bank: BankId): string[] {
  return Object.keys(SCHOOL_ACCOUNTS).filter((school) => SCHOOL_ACCOUNTS[school]?.bank === bank && SCHOOL_ACCOUNTS[school]?.services);
}
