import { errorFields } from '../lib/logger';
import { readEntryChanges } from '../operations/entry-changes';
import { readInsertedEntries, watchReport, wireTelling } from '../wiring/watch-passbook';

let started: ReturnType<typeof wireTelling> | undefined;

/**
 * The passbook's stream. An entry is only ever inserted: IAM cannot demand a condition, so whatever modified or removed one is caught here, and
 * the metric has an alarm in serverless.yml. That comes first and needs no table. Then what was inserted is told to its holder; both in one
 * function, because a stream has two readers at most (docs/decisions/0027-notices.md). An entry whose notice fails is delivered again.
 * Throws on an event that cannot be read, so that it is delivered again and seen in the end.
 */
export async function handler(event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
  const { log, counter } = watchReport;
  for (const { change, entry } of readEntryChanges(event)) {
    counter.count('EntryChanged');
    log.error('an entry of the passbook was changed', { change, entry });
  }
  counter.publish();
  const inserted = readInsertedEntries(event);
  const failed: { itemIdentifier: string }[] = [];
  if (inserted.length === 0) return { batchItemFailures: failed };
  started ??= wireTelling();
  const tell = await started.catch((error: unknown) => {
    // A failed start is tried again by the next delivery.
    started = undefined;
    throw error;
  });
  await Promise.all(
    inserted.map(async ({ itemIdentifier, name, read }) => {
      try {
        await tell(read());
      } catch (error) {
        counter.count('Refusal');
        log.error('notice', { entry: name, ...errorFields(error) });
        failed.push({ itemIdentifier });
      }
    }),
  );
  if (failed.length > 0) counter.publish();
  return { batchItemFailures: failed };
}
