import { useState } from 'react';
import { host } from '../host';
import { useServiceText } from '../text';

/** Copies a text and says what came of it. */
export function useCopy(): { readonly said: string | undefined; readonly copy: (text: string) => void } {
  const { s } = useServiceText();
  const [said, setSaid] = useState<string>();
  const copy = (text: string) => {
    const say = (done: boolean) => setSaid(s(done ? 'copied' : 'not-copied', { text }));
    host.copy(text).then(say, () => say(false));
  };
  return { said, copy };
}
