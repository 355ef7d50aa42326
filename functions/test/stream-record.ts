import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Entry } from '../domain/entry';
import { toItem } from '../store/entry-item';

/** An entry as the table's stream tells a function of it: typed attribute values, binary in base64. */
export function streamRecord(entry: Entry, { eventName = 'INSERT', sequence = '700' }: { eventName?: string; sequence?: string } = {}) {
  const { pk, n, ...rest } = toItem(entry);
  const Keys = marshall({ pk, n });
  const NewImage = Object.fromEntries(Object.entries({ ...Keys, ...marshall(rest) }).map(([name, value]) => [name, onWire(value)]));
  return { eventName, dynamodb: { SequenceNumber: sequence, Keys, NewImage } };
}

function onWire(value: AttributeValue): AttributeValue | { readonly B: string } {
  return value.B === undefined ? value : { B: Buffer.from(value.B).toString('base64') };
}
