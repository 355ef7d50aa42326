import type { Bilingual } from '../../shared/rule-pack';

/** Everything that may be wrong with a line of a roster, in both languages, for the per-line report. */
export const rosterErrorText = {
  missing: { zh: '缺少必填内容', en: 'A required value is missing.' },
  'number-form': { zh: '学工号应为 3 至 20 位字母或数字', en: 'The number must have 3 to 20 letters or digits.' },
  'citizen-id': { zh: '身份证号不正确', en: 'The citizen ID number is not a valid one.' },
  'scientific-notation': {
    zh: '号码被表格软件改成了科学计数法，请将该列设为文本后重新导出',
    en: 'The spreadsheet turned the number into scientific notation; format the column as text and export again.',
  },
  'name-form': { zh: '姓名含有不能用的字符或过长', en: 'The name is too long or has a character a name cannot have.' },
  'unknown-kind': { zh: '类别应为学生、教职工或临时', en: 'The kind must be student, staff or temporary.' },
  'id-tail-form': { zh: '证件号应只填后七位', en: 'Give exactly the last 7 characters of the ID.' },
  'mobile-form': { zh: '手机号应为 11 位数字', en: 'The mobile number must have 11 digits.' },
  'email-form': { zh: '邮箱地址不正确', en: 'The e-mail address is not one.' },
  'card-number-form': { zh: '卡号应为 1 至 20 位字母或数字', en: 'The card number must have 1 to 20 letters or digits.' },
  'card-number-ours': {
    zh: '该卡号与系统卡号形式相同，会指向别人的账户，不能导入',
    en: 'The card number has the form of one of ours and would name another account; it cannot be imported.',
  },
  duplicate: { zh: '与前面某一行重复，已保留前面一行', en: 'Repeats an earlier line; the earlier line was kept.' },
  'column-count': { zh: '列数与表头不一致', en: 'The number of columns differs from the header.' },
  'unclosed-quote': { zh: '引号没有闭合', en: 'A quotation mark is not closed.' },
  'text-after-quote': { zh: '引号后有多余内容', en: 'There is text after a closing quotation mark.' },
  'unreadable-character': {
    zh: '含有无法识别的字符，请检查文件编码',
    en: 'Holds a character that cannot be read; check the encoding of the file.',
  },
  'card-taken': { zh: '该卡号已属于另一账户', en: 'The card number already belongs to another account.' },
  'card-replaced': { zh: '该卡已被补办的新卡替代，不能再启用', en: 'The card was replaced by a newer one and cannot be used again.' },
} as const satisfies Record<string, Bilingual>;

export type RosterErrorCode = keyof typeof rosterErrorText;
