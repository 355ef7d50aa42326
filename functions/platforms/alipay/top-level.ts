/**
 * The members of a JSON object as the exact text of each value. Alipay signs the text of one member, so that text,
 * and no second reading of the whole, must be both verified and parsed: with a duplicated name a parser and a cutter
 * could each see another value. Undefined for anything that is not one object with distinct names.
 */
export function topLevelMembers(text: string): ReadonlyMap<string, string> | undefined {
  const members = new Map<string, string>();
  let at = skipSpace(text, 0);
  if (text[at] !== '{') return undefined;
  at = skipSpace(text, at + 1);
  while (text[at] === '"') {
    const nameEnd = endOfString(text, at);
    const colon = skipSpace(text, nameEnd);
    if (text[colon] !== ':') return undefined;
    const start = skipSpace(text, colon + 1);
    const end = endOfValue(text, start);
    const name = text.slice(at + 1, nameEnd - 1);
    // An escape in a name is legal JSON, is never sent, and would be a second spelling.
    if (end === start || name.includes('\\') || members.has(name)) return undefined;
    members.set(name, text.slice(start, end).trimEnd());
    if (text[end] === '}') return skipSpace(text, end + 1) === text.length ? members : undefined;
    if (text[end] !== ',') return undefined;
    at = skipSpace(text, end + 1);
  }
  return undefined;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return at;
}

/** Index after the closing quote, or the text's length where there is none. */
function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** Index of the comma or brace that ends the value. Whether the value is JSON is for the parser to say. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const char = text[at];
    if (char === '"') {
      at = endOfString(text, at);
      continue;
    }
    if (depth === 0 && (char === ',' || char === '}')) return at;
    if (char === '{' || char === '[') depth += 1;
    if (char === '}' || char === ']') depth -= 1;
    at += 1;
  }
  return at;
}
