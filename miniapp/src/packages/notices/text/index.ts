import { useMemo } from 'react';
import { useText } from '../../../i18n';
import { fill, type Text } from '../../../i18n/text';
import { en } from './en';
import { type NoticeKey, zh } from './zh';

export interface NoticeText extends Text {
  /** As `t`, from the table of the notices. */
  readonly n: (key: NoticeKey, values?: Readonly<Record<string, string | number>>) => string;
}

/** The app's words and those of the notices, in the chosen language. */
export function useNoticeText(): NoticeText {
  const text = useText();
  return useMemo(() => ({ ...text, n: (key, values) => fill((text.lang === 'zh' ? zh : en)[key], values) }), [text]);
}
