import type { Json } from './canonical-json';

/** The value a JSON Pointer (RFC 6901) names, or undefined. Pack keys hold neither "~" nor "/". */
export function atPointer(document: Json, pointer: string): Json | undefined {
  let value: Json | undefined = document;
  for (const key of pointer.split('/').slice(1)) {
    if (value === null || typeof value !== 'object') return undefined;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  return value;
}
