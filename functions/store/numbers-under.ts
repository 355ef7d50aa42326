import type { Database, Key } from './table';

/** The numbers listed in one partition, in order: which terminals or merchants a school has. */
export async function numbersUnder({ records }: Pick<Database, 'records'>, pk: string, name: string): Promise<readonly number[]> {
  const numbers: number[] = [];
  let after: Key | undefined;
  do {
    const page = await records.query({ partition: { name: 'pk', value: pk }, ...(after === undefined ? {} : { after }) });
    numbers.push(...page.items.map((item) => Number(item[name])));
    after = page.next;
  } while (after !== undefined);
  return numbers;
}
