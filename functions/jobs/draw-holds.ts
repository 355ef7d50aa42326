import { errorFields } from '../lib/logger';
import { readHeldEntries } from '../operations/held-entries';
import { drawReport, wireDrawHolds } from '../wiring/draw-holds';

let started: ReturnType<typeof wireDrawHolds> | undefined;

/**
 * The passbook's stream, inserted holds only: asks the bank for what each sale lacks. What fails is delivered again; a hold that has run out
 * by then asks for nothing, and whatever the bank was asked for the sweep follows to its end.
 */
export async function handler(event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
  const { log, counter } = drawReport;
  started ??= wireDrawHolds();
  const draw = await started.catch((error: unknown) => {
    // A failed start is tried again by the next delivery.
    started = undefined;
    throw error;
  });
  const failed: { itemIdentifier: string }[] = [];
  await Promise.all(
    readHeldEntries(event).map(async ({ itemIdentifier, hold }) => {
      try {
        const order = await draw(hold);
        log.info('draw', { orderNo: order?.orderNo ?? '', state: order?.state ?? 'not wanted' });
      } catch (error) {
        counter.count('Refusal');
        log.error('draw', { hold: `${hold.schoolId}#${hold.accountNo}/${hold.n}`, ...errorFields(error) });
        failed.push({ itemIdentifier });
      }
    }),
  );
  if (failed.length > 0) counter.publish();
  return { batchItemFailures: failed };
}
