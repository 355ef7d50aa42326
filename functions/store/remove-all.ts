import type { Database, Key } from './table';

/** Removes every row of one partition of `records`, a page at a time. What is written meanwhile may stay. */
export async function removeAll({ records }: Pick<Database, 'records'>, pk: string): Promise<void> {
  let after: Key | undefined;
  do {
    const page = await records.query({ partition: { name: 'pk', value: pk }, consistent: true, ...(after === undefined ? {} : { after }) });
    for (const { sk } of page.items) await records.remove({ pk, sk: String(sk) });
    after = page.next;
  } while (after !== undefined);
}
