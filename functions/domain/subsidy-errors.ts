import type { Bilingual } from '../../shared/rule-pack';

/** Everything that may be wrong with a line of a subsidy list, in both languages, for the per-line report. */
export const subsidyErrorText = {
  missing: { zh: '缺少必填内容', en: 'A required value is missing.' },
  'column-count': { zh: '列数与表头不一致', en: 'The number of columns differs from the header.' },
  'unclosed-quote': { zh: '引号没有闭合', en: 'A quotation mark is not closed.' },
  'text-after-quote': { zh: '引号后有多余内容', en: 'There is text after a closing quotation mark.' },
  'unreadable-character': {
    zh: '含有无法识别的字符，请检查文件编码',
    en: 'Holds a character that cannot be read; check the encoding of the file.',
  },
  'scientific-notation': {
    zh: '学工号被表格软件改成了科学计数法，请将该列设为文本后重新导出',
    en: 'The spreadsheet turned the number into scientific notation; format the column as text and export again.',
  },
  'amount-form': { zh: '金额应大于 0，最多两位小数，单位为元', en: 'The amount must be above 0 yuan with at most two decimals.' },
  'amount-too-large': { zh: '单笔补助不能超过 10000 元', en: 'One grant cannot be above 10,000 yuan.' },
  'date-form': { zh: '有效期应为 2026-12-31 这样的日期', en: 'The date must be written like 2026-12-31.' },
  'date-past': { zh: '有效期已过', en: 'The date has passed.' },
  duplicate: { zh: '学工号与前面某一行重复，已保留前面一行', en: 'Repeats the number of an earlier line; the earlier line was kept.' },
  'number-unknown': { zh: '没有这个学工号', en: 'Nobody has this number.' },
  'name-mismatch': { zh: '姓名与学工号不符', en: 'Name and number do not match.' },
  'account-closed': { zh: '账户已注销', en: 'The account is closed.' },
} as const satisfies Record<string, Bilingual>;

export type SubsidyErrorCode = keyof typeof subsidyErrorText;
export type SubsidyColumn = 'number' | 'name' | 'amount' | 'expiresOn';

/** What is wrong with one line, without the value: the report may be printed and mailed. */
export interface SubsidyError {
  readonly line: number;
  readonly field: SubsidyColumn | 'row';
  readonly code: SubsidyErrorCode;
  readonly message: Bilingual;
  /** For a duplicate: the line that holds it first. */
  readonly firstLine?: number;
}

export function subsidyError(line: number, field: SubsidyError['field'], code: SubsidyErrorCode): SubsidyError {
  return { line, field, code, message: subsidyErrorText[code] };
}
