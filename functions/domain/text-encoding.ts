export type TextEncodingName = 'utf-8' | 'gbk' | 'utf-16le';

/** Lines of a file a school sends. A character that could not be read is U+FFFD in its line. */
export interface DecodedLines {
  readonly encoding: TextEncodingName;
  readonly lines: readonly string[];
}

const LINE_FEED = 0x0a;
/** WHATWG: the gbk decoder is that of gb18030, of which GBK and GB 2312 are parts. */
const GBK = 'gb18030';

/**
 * Excel writes UTF-8 with a mark, GBK without one, or UTF-16 with one; other programs UTF-8 without. Text in
 * GBK is hardly ever valid UTF-8 by accident, yet a short name may be, and a file may be damaged in one line; so it is
 * judged line by line, and neither one damaged line nor one lucky one changes the encoding of a whole file.
 */
export function decodeLines(bytes: Uint8Array): DecodedLines {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', lines: toLines(new TextDecoder('utf-16le').decode(bytes)) };
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const lines = splitLines(marked ? bytes.subarray(3) : bytes);
  const encoding = marked || isMostlyUtf8(lines) ? 'utf-8' : 'gbk';
  const decoder = new TextDecoder(encoding === 'gbk' ? GBK : 'utf-8', { ignoreBOM: true });
  return { encoding, lines: lines.map((line) => decoder.decode(line)).map(withoutReturn) };
}

/** At bytes, before decoding: 0x0A is never a part of a longer character in UTF-8 or GBK. */
function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(LINE_FEED, from);
    const end = found < 0 ? bytes.length : found;
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return lines;
}

/** The header decides where it is not plain ASCII, being too long to be valid by accident; else the lines vote. */
function isMostlyUtf8(lines: readonly Uint8Array[]): boolean {
  let votes = 0;
  for (const [index, line] of lines.entries()) {
    if (line.every((byte) => byte < 0x80)) continue;
    const readable = isReadable(line, 'utf-8');
    if (index === 0) return readable;
    votes += readable ? 1 : -1;
  }
  return votes >= 0;
}

function isReadable(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    // The one thing a fatal decoder throws on: bytes that are not text in this encoding.
    return false;
  }
}

function toLines(text: string): string[] {
  return text.split('\n').map(withoutReturn);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
