import { useMemo } from 'react';
import { useText } from '../../../i18n';
import { fill, type Text } from '../../../i18n/text';
import { en } from './en';
import { type MoneyKey, zh } from './zh';

export interface MoneyText extends Text {
  /** As `t`, from the table of the money screens. */
  readonly m: (key: MoneyKey, values?: Readonly<Record<string, string | number>>) => string;
}

/** The app's words and those of the money screens, in the chosen language. */
export function useMoneyText(): MoneyText {
  const text = useText();
  return useMemo(() => ({ ...text, m: (key, values) => fill((text.lang === 'zh' ? zh : en)[key], values) }), [text]);
}
