import writeExcelFile from 'write-excel-file/universal';

/** A table as `DataTable` of the rules describes it; here only its shape is known. */
interface Table {
  readonly name: string;
  readonly columns: readonly { readonly header: { readonly zh: string; readonly en: string }; readonly kind: 'text' | 'money' | 'count' }[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

const FORMATS = { money: '#,##0.00', count: '0' } as const;
/** Excel's own limit on the name of a sheet, and letters it does not take. */
const NAME_LIMIT = 31;

/**
 * One table as an XLSX workbook of one sheet. Text is written as a string cell whatever it begins with, so nothing in a name becomes a
 * formula; money as numbers in yuan, so that a person can add them up there.
 */
export async function writeWorkbook(table: Table): Promise<Uint8Array> {
  const header = table.columns.map((column) => ({
    value: `${column.header.zh} ${column.header.en}`,
    type: String,
    fontWeight: 'bold' as const,
  }));
  const rows = table.rows.map((row) => table.columns.map(({ kind }, index) => cellOf(kind, row[index] ?? null)));
  const columns = table.columns.map(({ kind }) => ({ width: kind === 'text' ? 24 : 14 }));
  const sheet = table.name.replace(/[\\/?*[\]:]/g, ' ').slice(0, NAME_LIMIT) || 'sheet';
  const blob = await writeExcelFile([header, ...rows], { columns, sheet, stickyRowsCount: 1 }).toBlob();
  return new Uint8Array(await blob.arrayBuffer());
}

function cellOf(kind: 'text' | 'money' | 'count', value: string | number | null) {
  if (value === null) return null;
  // XML 1.0 has no other control characters: with one of them no program opens the file.
  if (typeof value === 'string')
    return { value: value.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd'), type: String };
  if (kind === 'text') return { value: String(value), type: String };
  // A spreadsheet knows binary fractions only; shown with two decimals they are the fen exactly, far beyond any school's sums.
  return { value: kind === 'money' ? value / 100 : value, type: Number, format: FORMATS[kind] };
}
