import { useMemo } from 'react';
import { useApp } from '../state/app-state';
import { type Text, textOf } from './text';

/** The words of the chosen language, for a component. */
export function useText(): Text {
  const lang = useApp((state) => state.lang);
  return useMemo(() => textOf(lang), [lang]);
}
