import { errorFields } from '../lib/logger';
import { readMessageLines } from '../operations/message-lines';
import { messageReport, wireSendMessages } from '../wiring/send-messages';

let started: ReturnType<typeof wireSendMessages> | undefined;

/**
 * Lines of the queue `send-messages`: each is a notice that lies in an inbox already. What a platform refused or left open is logged and not tried
 * again, since a message is sent at most once; a fault before that is delivered again (docs/decisions/0029-messages.md).
 */
export async function handler(event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
  const { log, counter } = messageReport;
  started ??= wireSendMessages();
  const send = await started.catch((error: unknown) => {
    started = undefined;
    throw error;
  });
  const failed: { itemIdentifier: string }[] = [];
  await Promise.all(
    readMessageLines(event).map(async ({ messageId, line }) => {
      try {
        if (line === undefined) throw new Error('not a line of ours');
        const { sent, failures } = await send(line);
        if (sent > 0) log.info('message', { kind: line.kind, sent });
        for (const error of failures) {
          counter.count('Refusal');
          log.error('message', { kind: line.kind, ...errorFields(error) });
        }
      } catch (error) {
        counter.count('Refusal');
        log.error('message', { kind: line?.kind ?? '', ...errorFields(error) });
        failed.push({ itemIdentifier: messageId });
      }
    }),
  );
  counter.publish();
  return { batchItemFailures: failed };
}
