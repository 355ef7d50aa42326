import { fill, type Text } from '../../../i18n/text';
import { en } from './en';
import { type RecordsKey, zh } from './zh';

export interface Words extends Text {
  /** A sentence of the records; `t` says those that all screens share. */
  readonly w: (key: RecordsKey, values?: Readonly<Record<string, string | number>>) => string;
}

export function wordsOf(text: Text): Words {
  const table: Readonly<Record<RecordsKey, string>> = text.lang === 'zh' ? zh : en;
  return { ...text, w: (key, values) => fill(table[key], values) };
}
