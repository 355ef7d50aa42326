import { useMemo } from 'react';
import { useText } from '../../../i18n';
import { fill, type Text } from '../../../i18n/text';
import { en } from './en';
import { type ManageKey, zh } from './zh';

export interface ManageText extends Text {
  /** As `t`, from the table of this package. */
  readonly m: (key: ManageKey, values?: Readonly<Record<string, string | number>>) => string;
}

/** The app's words and those of the account's screens, in the chosen language. */
export function useManageText(): ManageText {
  const text = useText();
  return useMemo(() => ({ ...text, m: (key, values) => fill((text.lang === 'zh' ? zh : en)[key], values) }), [text]);
}
