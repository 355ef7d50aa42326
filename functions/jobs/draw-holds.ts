import { errorFields } from '../lib/logger';
import { readChargedAccounts } from '../operations/charged-accounts';
import { readHeldEntries } from '../operations/held-entries';
import { drawReport, wireDrawHolds } from '../wiring/draw-holds';
import { wireTopUpAfterCharge } from '../wiring/top-up-if-low';

let started: Promise<readonly [Awaited<ReturnType<typeof wireDrawHolds>>, Awaited<ReturnType<typeof wireTopUpAfterCharge>>]> | undefined;

/**
 * The passbook's stream, inserted holds and charges only: asks the bank for what each held sale lacks, and begins an automatic top-up where a
 * charge has left less than the holder agreed to. Both in one function, because a stream has two readers at most. What fails is delivered
 * again; a hold that has run out by then asks for nothing, and whatever was asked for the sweep follows to its end.
 */
export async function handler(event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
  const { log, counter } = drawReport;
  started ??= Promise.all([wireDrawHolds(), wireTopUpAfterCharge()]);
  const [draw, topUpAfterCharge] = await started.catch((error: unknown) => {
    // A failed start is tried again by the next delivery.
    started = undefined;
    throw error;
  });
  const failed: { itemIdentifier: string }[] = [];
  const toppedUp = readChargedAccounts(event).map(async ({ itemIdentifier, charged }) => {
    try {
      const order = await topUpAfterCharge(charged);
      if (order !== undefined) log.info('automatic top-up', { orderNo: order.orderNo });
    } catch (error) {
      counter.count('Refusal');
      log.error('automatic top-up', { account: `${charged.schoolId}#${charged.accountNo}`, ...errorFields(error) });
      failed.push({ itemIdentifier });
    }
  });
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
  await Promise.all(toppedUp);
  if (failed.length > 0) counter.publish();
  return { batchItemFailures: failed };
}
