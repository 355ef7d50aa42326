import * as v from 'valibot';

/** A change of an entry that exists, which nothing of ours ever does. */
export interface EntryChange {
  readonly change: 'MODIFY' | 'REMOVE';
  /** "school#account/n": a number, never a person. */
  readonly entry: string;
}

/** DynamoDB Streams as Lambda delivers them: attribute values in their typed form. */
const eventSchema = v.object({
  Records: v.array(
    v.object({
      eventName: v.picklist(['INSERT', 'MODIFY', 'REMOVE']),
      dynamodb: v.object({ Keys: v.object({ pk: v.object({ S: v.string() }), n: v.object({ N: v.string() }) }) }),
    }),
  ),
});

/** Throws a ValiError on anything that is no event of the passbook's stream. */
export function readEntryChanges(event: unknown): readonly EntryChange[] {
  const changes: EntryChange[] = [];
  for (const { eventName, dynamodb } of v.parse(eventSchema, event).Records) {
    // The stream's filter leaves inserts out already; a test or a local run may not.
    if (eventName !== 'INSERT') changes.push({ change: eventName, entry: `${dynamodb.Keys.pk.S}/${dynamodb.Keys.n.N}` });
  }
  return changes;
}
