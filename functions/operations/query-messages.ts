import * as v from 'valibot';
import { schoolIdSchema } from '../../shared/api/common';
import type { QueryMessage } from '../platforms/queue/query-queue';

/** Amazon SQS as Lambda delivers it. */
export const queueEventSchema = v.object({ Records: v.array(v.object({ messageId: v.string(), body: v.string() })) });

const messageSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    schoolId: schoolIdSchema,
    orderNo: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{6,32}$/)),
    dueAt: v.pipe(v.number(), v.safeInteger()),
    of: v.exactOptional(v.literal('native')),
  }),
);

/** A message of ours, or undefined for one that is not. Throws a ValiError on anything that is no event of a queue. */
export function readQueryMessages(event: unknown): readonly { readonly messageId: string; readonly message: QueryMessage | undefined }[] {
  return v.parse(queueEventSchema, event).Records.map(({ messageId, body }) => {
    const read = v.safeParse(messageSchema, body);
    return { messageId, message: read.success ? read.output : undefined };
  });
}
