import * as v from 'valibot';
import type { HoldName } from './draw-hold';

/** DynamoDB Streams as Lambda delivers them: attribute values in their typed form. */
const eventSchema = v.object({
  Records: v.array(
    v.object({
      eventName: v.string(),
      dynamodb: v.object({
        SequenceNumber: v.optional(v.string(), ''),
        Keys: v.object({ pk: v.object({ S: v.string() }), n: v.object({ N: v.string() }) }),
        NewImage: v.optional(v.object({ kind: v.object({ S: v.string() }) })),
      }),
    }),
  ),
});

/** The holds that were inserted, each with the name by which its delivery can be asked for again. Throws a ValiError on another event. */
export function readHeldEntries(event: unknown): readonly { readonly itemIdentifier: string; readonly hold: HoldName }[] {
  return v.parse(eventSchema, event).Records.flatMap(({ eventName, dynamodb }) => {
    // The stream's filter leaves all else out already; a local run may not.
    if (eventName !== 'INSERT' || dynamodb.NewImage?.kind.S !== 'hold') return [];
    const { pk, n } = dynamodb.Keys;
    const hash = pk.S.lastIndexOf('#');
    const hold = { schoolId: pk.S.slice(0, hash), accountNo: Number(pk.S.slice(hash + 1)), n: Number(n.N) };
    return [{ itemIdentifier: dynamodb.SequenceNumber, hold }];
  });
}
