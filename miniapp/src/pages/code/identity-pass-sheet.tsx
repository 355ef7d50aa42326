import { View } from '@tarojs/components';
import { useEffect } from 'react';
import { toIso } from '../../../../shared/time';
import { useText } from '../../i18n';
import { fullInstant } from '../../lib/dates';
import { identityPassAt } from '../../lib/identity-passes';
import { useApp } from '../../state/app-state';
import { loadIdentityPasses } from '../../state/services';
import { PassSymbol } from './pass-symbol';

/** For a gate without network: the pass of this moment, which works without network here too. */
export function IdentityPassSheet({ now }: { readonly now: number }) {
  const { t, lang } = useText();
  const book = useApp((state) => state.identityBook);
  useEffect(() => {
    loadIdentityPasses().catch(() => undefined);
  }, []);
  const shown = book === null ? undefined : identityPassAt(book, now);
  if (shown === undefined) {
    return (
      <View className="code-block" id="identity-pass-none">
        <View className="code-block__title">{t('identity-pass.title')}</View>
        <View className="code-block__text">{t('identity-pass.none')}</View>
      </View>
    );
  }
  return (
    <View className="code-sheet" id="identity-pass-sheet">
      <View className="h">{t('identity-pass.title')}</View>
      <PassSymbol key={shown.digits} id="identity-pass-qr" digits={shown.digits} />
      <View className="code-sheet__ring num">{t('identity-pass.until', { until: fullInstant(toIso(shown.until), lang) })}</View>
      <View className="code-sheet__hint sub">{t('identity-pass.hint')}</View>
    </View>
  );
}
