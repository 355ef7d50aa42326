import { decodeUtf8 } from '../wire';

/**
 * A form body as name → value, exactly once decoded. Undefined for what a browser would mend in silence: a broken
 * percent sign, bytes that are not UTF-8, a pair without "=", or a name that comes twice, of which signer and reader
 * might each take another.
 */
export function parseForm(body: Uint8Array): ReadonlyMap<string, string> | undefined {
  const text = decodeUtf8(body);
  if (text === undefined || text === '') return undefined;
  const form = new Map<string, string>();
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    const name = equals < 1 ? undefined : decode(pair.slice(0, equals));
    const value = decode(pair.slice(equals + 1));
    if (name === undefined || value === undefined || form.has(name)) return undefined;
    form.set(name, value);
  }
  return form;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // URIError: the platform's own SDK lets it escape and kills the callback.
    return undefined;
  }
}
