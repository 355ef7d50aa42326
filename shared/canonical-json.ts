export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * RFC 8785 (JCS): one byte sequence per JSON value, so that a hash over it means the same on a phone and on a
 * server. ECMAScript's number and string forms are the ones the RFC prescribes; keys sort by UTF-16 unit.
 * A key whose value is undefined is left out. Throws on a number that JSON cannot hold and on a lone surrogate.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON has no such number');
  if (typeof value === 'string' && LONE_SURROGATE.test(value)) throw new TypeError('lone surrogate in a string');
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const parts: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) parts.push(`${canonicalJson(key)}:${canonicalJson(member)}`);
  }
  return `{${parts.join(',')}}`;
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?:[^\uD800-\uDBFF]|^)[\uDC00-\uDFFF]/;

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
