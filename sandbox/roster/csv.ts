import iconv from 'iconv-lite';
import { generatePeople, type Person } from './people';

type Layout = {
  readonly header: readonly string[];
  readonly cells: (person: Person) => readonly string[];
  readonly encoding: 'utf8' | 'gbk';
  readonly mark: boolean;
  readonly lineEnd: '\n' | '\r\n';
};

const KIND_ZH = { student: '学生', staff: '教职工', temporary: '临时卡' } as const;

const CHINESE: Omit<Layout, 'encoding' | 'mark' | 'lineEnd'> = {
  header: ['学工号', '姓名', '类别', '身份证后7位', '手机号', '卡号'],
  cells: (person) => [person.number, person.name, KIND_ZH[person.kind], person.idTail, person.mobile, person.cardNumber],
};
const ENGLISH: typeof CHINESE = {
  header: ['Card number', 'Name', 'Number', 'Kind', 'Mobile', 'ID last 7'],
  cells: (person) => [person.cardNumber, person.name, person.number, person.kind, person.mobile, person.idTail],
};

const WITH_MAILBOX: typeof CHINESE = {
  header: [...CHINESE.header, '邮箱'],
  cells: (person) => [...CHINESE.cells(person), person.email ?? ''],
};

/** Each school sends its list its own way, as schools do. */
const LAYOUTS: Readonly<Record<string, Layout>> = {
  sjtu: { ...ENGLISH, encoding: 'utf8', mark: false, lineEnd: '\n' },
  shanghaitech: { ...WITH_MAILBOX, encoding: 'utf8', mark: true, lineEnd: '\r\n' },
  dufl: { ...CHINESE, encoding: 'utf8', mark: false, lineEnd: '\n' },
  bistu: { ...CHINESE, encoding: 'gbk', mark: false, lineEnd: '\r\n' },
};
const OTHER: Layout = { ...CHINESE, encoding: 'utf8', mark: false, lineEnd: '\n' };

/** The roster file of a school with `count` made-up cardholders: the same bytes for the same school, count and seed. */
export function rosterFile(schoolId: string, count = 2000, seed?: string): Buffer {
  const layout = LAYOUTS[schoolId] ?? OTHER;
  const lines = [layout.header, ...generatePeople(schoolId, count, seed).map(layout.cells)];
  const text = lines.map((cells) => cells.map(quoted).join(',') + layout.lineEnd).join('');
  return iconv.encode(text, layout.encoding, { addBOM: layout.mark });
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
