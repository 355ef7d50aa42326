import { View } from '@tarojs/components';
import { useState } from 'react';
import { asFailure, type Failure } from '../../api/failure';
import { Button } from '../../components/button';
import { Failed } from '../../components/states';
import { useText } from '../../i18n';
import { fullInstant } from '../../lib/dates';
import { yuan } from '../../lib/money-text';
import { markDone, nextPass } from '../../lib/pass-book';
import { setApp, useApp } from '../../state/app-state';
import { loadPasses } from '../../state/services';
import { PassSymbol } from './pass-symbol';

/** For a till without network: the next unused pass, which works without network here too. */
export function PassSheet({ now }: { readonly now: number }) {
  const { t, lang } = useText();
  const book = useApp((state) => state.passBook);
  const [failure, setFailure] = useState<Failure>();
  const prepare = () => {
    setFailure(undefined);
    loadPasses().catch((reason: unknown) => setFailure(asFailure(reason)));
  };
  const next = book === null ? undefined : nextPass(book, now);
  if (book === null || next === undefined) {
    return (
      <View className="code-block" id="pass-none">
        <View className="code-block__text">{t('pass.prepare-hint')}</View>
        {failure === undefined ? null : <Failed id="pass-failed" failure={failure} onRetry={prepare} />}
        <Button id="pass-prepare" text={t('pass.prepare')} onPress={prepare} />
      </View>
    );
  }
  const done = () => setApp({ passBook: markDone(book, next.index) });
  return (
    <View className="code-sheet" id="pass-sheet">
      <PassSymbol key={next.index} id="pass-qr" digits={next.digits} />
      <View id="pass-left" className="code-sheet__ring num">
        {t('pass.left', { count: next.left, amount: yuan(book.ceilingFen), until: fullInstant(book.validUntil, lang) })}
      </View>
      <Button id="pass-done" kind="tint" text={t('pass.done')} onPress={done} />
    </View>
  );
}
