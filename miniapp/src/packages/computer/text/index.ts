import { useMemo } from 'react';
import { useText } from '../../../i18n';
import { fill, type Text } from '../../../i18n/text';
import { en } from './en';
import { type ComputerKey, zh } from './zh';

export interface ComputerText extends Text {
  /** As `t`, from the table of the pages for a computer. */
  readonly c: (key: ComputerKey, values?: Readonly<Record<string, string | number>>) => string;
}

/** The app's words and those of the pages for a computer, in the chosen language. */
export function useComputerText(): ComputerText {
  const text = useText();
  return useMemo(() => ({ ...text, c: (key, values) => fill((text.lang === 'zh' ? zh : en)[key], values) }), [text]);
}
