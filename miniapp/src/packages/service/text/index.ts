import { useMemo } from 'react';
import { useText } from '../../../i18n';
import { fill, type Text } from '../../../i18n/text';
import { en } from './en';
import { type ServiceKey, zh } from './zh';

export interface ServiceText extends Text {
  /** As `t`, from the table of the service screens. */
  readonly s: (key: ServiceKey, values?: Readonly<Record<string, string | number>>) => string;
}

/** The app's words and those of the service screens, in the chosen language. */
export function useServiceText(): ServiceText {
  const text = useText();
  return useMemo(() => ({ ...text, s: (key, values) => fill((text.lang === 'zh' ? zh : en)[key], values) }), [text]);
}
