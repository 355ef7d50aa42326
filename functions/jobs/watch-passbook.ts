import { readEntryChanges } from '../operations/entry-changes';
import { watchReport } from '../wiring/watch-passbook';

/**
 * The passbook's stream: an entry is only ever inserted. IAM cannot demand a condition, so whatever modified or removed
 * one is caught here; the metric has an alarm in serverless.yml. Throws on an event that cannot be read, so that it is
 * delivered again and seen in the end.
 */
export async function handler(event: unknown): Promise<{ batchItemFailures: [] }> {
  const { log, counter } = watchReport;
  for (const { change, entry } of readEntryChanges(event)) {
    counter.count('EntryChanged');
    log.error('an entry of the passbook was changed', { change, entry });
  }
  counter.publish();
  return { batchItemFailures: [] };
}
