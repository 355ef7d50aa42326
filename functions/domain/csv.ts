/** One record of a CSV file (RFC 4180) and the line it begins on, counted from 1 as an editor does. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

export interface CsvFault {
  readonly line: number;
  readonly fault: 'unclosed-quote' | 'text-after-quote';
}

/** A remark may run over several lines; no more, so that a stray quote cannot swallow a file. */
const LINES_OF_A_RECORD = 20;

/**
 * Records and faults in the order of their lines. A record with a quote that does not close, or that closes only by
 * swallowing lines until it has another number of fields than the header, is a fault of its first line alone: reading
 * goes on at the next line.
 */
export function readCsv(lines: readonly string[], delimiter: string): { records: CsvRecord[]; faults: CsvFault[] } {
  const records: CsvRecord[] = [];
  const faults: CsvFault[] = [];
  let columns: number | undefined;
  for (let at = 0; at < lines.length; ) {
    const first = lines[at] ?? '';
    const single = readRecord(first, delimiter);
    const line = at + 1;
    at += 1;
    if (first.trim() === '') continue;
    if (Array.isArray(single)) {
      columns ??= single.length;
      records.push({ line, fields: single });
      continue;
    }
    const joined = single === 'unclosed-quote' ? readJoined(lines, at - 1, delimiter, columns) : undefined;
    if (joined === undefined) {
      faults.push({ line, fault: single });
      continue;
    }
    columns ??= joined.fields.length;
    records.push({ line, fields: joined.fields });
    at = joined.next;
  }
  return { records, faults };
}

/** A record over several lines, if one ends within reach with the header's number of fields. */
function readJoined(lines: readonly string[], from: number, delimiter: string, columns: number | undefined) {
  let text = lines[from] ?? '';
  for (let next = from + 1; next < Math.min(lines.length, from + LINES_OF_A_RECORD); next += 1) {
    text += `\n${lines[next] ?? ''}`;
    const fields = readRecord(text, delimiter);
    if (Array.isArray(fields)) return columns === undefined || fields.length === columns ? { fields, next: next + 1 } : undefined;
    if (fields === 'text-after-quote') return undefined;
  }
  return undefined;
}

function readRecord(text: string, delimiter: string): string[] | CsvFault['fault'] {
  const fields: string[] = [];
  for (let at = 0; at <= text.length; ) {
    if (text.charAt(at) === '"') {
      const quoted = readQuoted(text, at);
      if (quoted === undefined) return 'unclosed-quote';
      at = quoted.end;
      if (at < text.length && text.charAt(at) !== delimiter) return 'text-after-quote';
      fields.push(quoted.value);
    } else {
      const end = text.indexOf(delimiter, at);
      const stop = end < 0 ? text.length : end;
      fields.push(text.slice(at, stop));
      at = stop;
    }
    // Past the delimiter; at the end of the text this leaves the loop.
    at += 1;
  }
  return fields;
}

/** The value between the quote at `from` and its closing one; a doubled quote stands for one. */
function readQuoted(text: string, from: number): { value: string; end: number } | undefined {
  let value = '';
  for (let at = from + 1; at < text.length; at += 1) {
    if (text.charAt(at) !== '"') value += text.charAt(at);
    else if (text.charAt(at + 1) === '"') {
      value += '"';
      at += 1;
    } else return { value, end: at + 1 };
  }
  return undefined;
}
