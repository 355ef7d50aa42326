import * as v from 'valibot';
import { queueEventSchema } from './query-messages';
import { type MessageLine, messageLineSchema } from './send-messages';

/** A line of ours, or undefined for one that is not. Throws a ValiError on anything that is no event of a queue. */
export function readMessageLines(event: unknown): readonly { readonly messageId: string; readonly line: MessageLine | undefined }[] {
  return v.parse(queueEventSchema, event).Records.map(({ messageId, body }) => {
    const read = v.safeParse(messageLineSchema, body);
    return { messageId, line: read.success ? read.output : undefined };
  });
}
