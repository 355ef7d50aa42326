import { inflateRawSync } from 'node:zlib';
import { writeWorkbook } from './workbook';

/** Files of a ZIP by name, from its central directory. */
function unzip(bytes: Uint8Array): Map<string, string> {
  const zip = Buffer.from(bytes);
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const files = new Map<string, string>();
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count -= 1) {
    const [method, size, nameLength] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28)];
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + size);
    files.set(zip.toString('utf8', at + 46, at + 46 + nameLength), (method === 0 ? packed : inflateRawSync(packed)).toString('utf8'));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}

const text = (value: string): string =>
  value
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** What stands in each cell, as a reader of the file resolves it. */
function cellsOf(files: Map<string, string>): Map<string, { type: string; value: string }> {
  const shared = [...(files.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>(?:<t[^>]*>([\s\S]*?)<\/t>|<t\/>)<\/si>/g)].map((match) =>
    text(match[1] ?? ''),
  );
  const cells = [...(files.get('xl/worksheets/sheet1.xml') ?? '').matchAll(/<c r="([A-Z]+\d+)"([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)];
  return new Map(
    cells.map(([, place = '', attributes = '', inner = '']) => {
      const type = /t="(\w+)"/.exec(attributes)?.[1] ?? 'n';
      const raw = /<(?:v|t)[^>]*>([\s\S]*?)<\/(?:v|t)>/.exec(inner)?.[1] ?? '';
      return [place, { type, value: type === 's' ? (shared[Number(raw)] ?? '') : text(raw) }];
    }),
  );
}

const columns = [
  { header: { zh: '商户', en: 'Merchant' }, kind: 'text' },
  { header: { zh: '金额', en: 'Amount' }, kind: 'money' },
  { header: { zh: '笔数', en: 'Count' }, kind: 'count' },
] as const;

describe('a table as a workbook', () => {
  it('is opened again with its headers, text, yuan and counts', async () => {
    const files = unzip(
      await writeWorkbook({
        name: '结算 2026-11-16',
        columns,
        rows: [
          ['食堂 <1> & "2"', -123_456, 7],
          ['', null, 0],
        ],
      }),
    );
    expect(files.get('[Content_Types].xml')).toContain('spreadsheetml');
    expect(files.get('xl/workbook.xml')).toContain('结算 2026-11-16');
    const cells = cellsOf(files);
    expect(cells.get('A1')?.value).toBe('商户 Merchant');
    expect(cells.get('A2')?.value).toBe('食堂 <1> & "2"');
    expect(cells.get('B2')).toEqual({ type: 'n', value: '-1234.56' });
    expect(cells.get('C2')).toEqual({ type: 'n', value: '7' });
    expect(cells.get('C3')).toEqual({ type: 'n', value: '0' });
  });

  it.each(['=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)', '\t=1'])('writes %j as a string and never as a formula', async (name) => {
    const files = unzip(await writeWorkbook({ name: 'x', columns, rows: [[name, 1, 1]] }));
    expect([...files.values()].join('')).not.toMatch(/<f[ >]/);
    const cell = cellsOf(files).get('A2');
    expect(cell?.type).toMatch(/^(s|str|inlineStr)$/);
    expect(cell?.value).toBe(name);
  });

  it('is well-formed whatever letters a name holds', async () => {
    const files = unzip(
      await writeWorkbook({ name: 'a/b:c*?[d]\\e and a name that is far too long', columns, rows: [['a\u0000b\u0008c\ud800', 1, 1]] }),
    );
    const all = [...files.values()].join('');
    expect([...all].filter((letter) => letter < ' ' && !'\t\n\r'.includes(letter))).toEqual([]);
    expect(/<sheet [^>]*name="([^"]+)"/.exec(files.get('xl/workbook.xml') ?? '')?.[1]).toHaveLength(31);
  });
});
