import * as v from 'valibot';
import type { Entry } from '../domain/entry';
import { fromItem } from './entry-item';
import type { Value } from './table';

/** An entry that was added, as the passbook's stream tells of it. */
export interface InsertedEntry {
  /** By this name its delivery is asked for again. */
  readonly itemIdentifier: string;
  /** "school#account/n": a number, never a person. */
  readonly name: string;
  /** Throws a ValiError on an item that is not an entry: it fails alone, and not those beside it. */
  read(): Entry;
}

/** DynamoDB Streams as Lambda delivers them: attribute values in their typed form. */
const eventSchema = v.object({
  Records: v.array(
    v.object({
      eventName: v.picklist(['INSERT', 'MODIFY', 'REMOVE']),
      dynamodb: v.object({
        SequenceNumber: v.optional(v.string(), ''),
        Keys: v.object({ pk: v.object({ S: v.string() }), n: v.object({ N: v.string() }) }),
        NewImage: v.optional(v.record(v.string(), v.record(v.string(), v.unknown()))),
      }),
    }),
  ),
});

/** Throws a ValiError on anything that is no event of the passbook's stream. */
export function readInsertedEntries(event: unknown): readonly InsertedEntry[] {
  return v
    .parse(eventSchema, event)
    .Records.flatMap(({ eventName, dynamodb: { SequenceNumber: itemIdentifier, Keys, NewImage } }) =>
      eventName === 'INSERT' && NewImage !== undefined
        ? [{ itemIdentifier, name: `${Keys.pk.S}/${Keys.n.N}`, read: () => fromItem(plainMap(NewImage)) }]
        : [],
    );
}

type Typed = Readonly<Record<string, unknown>>;

function plainMap(image: Readonly<Record<string, Typed>>): { readonly [name: string]: Value } {
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, plainValue(value)]));
}

const binarySchema = v.pipe(
  v.string(),
  v.transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
);
const typedSchema = v.record(v.string(), v.unknown());

/** In the event, which is JSON, binary is base64: the SDK's own `unmarshall` would leave it so. An entry holds no other types than these. */
function plainValue(typed: Typed): Value {
  if ('S' in typed) return v.parse(v.string(), typed.S);
  if ('N' in typed) return Number(v.parse(v.string(), typed.N));
  if ('B' in typed) return v.parse(binarySchema, typed.B);
  if ('BOOL' in typed) return v.parse(v.boolean(), typed.BOOL);
  if ('L' in typed) return v.parse(v.array(typedSchema), typed.L).map(plainValue);
  return plainMap(v.parse(v.object({ M: v.record(v.string(), typedSchema) }), typed).M);
}
