import { useMemo } from 'react';
import { useText } from '../../../i18n';
import { type Words, wordsOf } from './words';

export function useWords(): Words {
  const text = useText();
  return useMemo(() => wordsOf(text), [text]);
}
