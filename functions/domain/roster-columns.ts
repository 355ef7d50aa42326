import { normaliseText } from './plain-text';

export const COLUMNS = ['number', 'name', 'kind', 'idTail', 'mobile', 'cardNumber'] as const;
/** What a list may lack as a whole. */
export const OPTIONAL_COLUMNS = ['email'] as const;
export type ColumnName = (typeof COLUMNS)[number] | (typeof OPTIONAL_COLUMNS)[number];

/** A temporary card is one for visitors and short courses (ST-54). */
export type RosterKind = 'student' | 'staff' | 'temporary';

const HEADERS: Readonly<Record<ColumnName, readonly string[]>> = {
  number: [
    'number',
    'no',
    'studentno',
    'studentnumber',
    'staffnumber',
    '学工号',
    '学号',
    '工号',
    '学号/工号',
    '学号或教工号',
    '编号',
    '账号',
  ],
  name: ['name', 'fullname', '姓名', '名字'],
  kind: ['kind', 'type', 'category', '类别', '类型', '身份', '人员类别', '持卡人类型'],
  idTail: [
    'idtail',
    'id7',
    'idlast7',
    'last7',
    'last7characters',
    'last7charactersofid',
    '证件后七位',
    '身份证后七位',
    '身份证后7位',
    '证件后7位',
    '证件号后七位',
    '身份证号后七位',
  ],
  mobile: ['mobile', 'phone', 'mobilephone', '手机', '手机号', '手机号码', '电话'],
  email: ['email', 'mail', 'emailaddress', '邮箱', '电子邮箱', '电子邮件', '校园邮箱'],
  cardNumber: ['cardnumber', 'cardno', 'card', '卡号', '物理卡号', '校园卡号'],
};

const KINDS: Readonly<Record<RosterKind, readonly string[]>> = {
  student: ['student', '学生', '本科生', '研究生', '硕士生', '博士生', '留学生', '专科生'],
  staff: ['staff', 'teacher', 'faculty', '教工', '教职工', '教师', '职工'],
  temporary: ['temporary', 'visitor', '临时', '临时卡', '临时人员', '访客'],
};

/** The column a header cell names, in Chinese or English, or undefined. */
export function columnOf(header: string): ColumnName | undefined {
  const plain = squeezed(header);
  return [...COLUMNS, ...OPTIONAL_COLUMNS].find((column) => HEADERS[column].includes(plain));
}

export function kindOf(cell: string): RosterKind | undefined {
  const plain = squeezed(cell);
  const kinds = ['student', 'staff', 'temporary'] as const;
  return kinds.find((kind) => KINDS[kind].includes(plain));
}

function squeezed(text: string): string {
  return normaliseText(text)
    .toLowerCase()
    .replace(/[\s_.()-]/g, '');
}
