import { useMemo } from 'react';
import { useText } from '../../../i18n';
import { fill, type Text } from '../../../i18n/text';
import { en } from './en';
import { type EntryKey, zh } from './zh';

export interface EntryText extends Text {
  /** As `t`, from the table of the ways in. */
  readonly e: (key: EntryKey, values?: Readonly<Record<string, string | number>>) => string;
}

/** The app's words and those of the ways in, in the chosen language. */
export function useEntryText(): EntryText {
  const text = useText();
  return useMemo(() => ({ ...text, e: (key, values) => fill((text.lang === 'zh' ? zh : en)[key], values) }), [text]);
}
