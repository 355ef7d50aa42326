import { View } from '@tarojs/components';
import { toIso } from '../../../../shared/time';
import { Icon } from '../../components/icon';
import { useText } from '../../i18n';
import { shortInstant } from '../../lib/dates';
import { identityPassAt } from '../../lib/identity-passes';
import { useApp } from '../../state/app-state';
import { PassSymbol } from './pass-symbol';
import './pass-sheet.scss';

/** For a gate without network: the pass of this moment, which works without network here too. */
export function IdentityPassSheet({ now }: { readonly now: number }) {
  const { t, lang } = useText();
  const book = useApp((state) => state.identityBook);
  const shown = book === null ? undefined : identityPassAt(book, now);
  if (shown === undefined) {
    return (
      <View className="pass pass--none" id="identity-pass-none">
        <View className="pass__icon">
          <Icon name="door" size={26} />
        </View>
        <View className="pass__title">{t('identity-pass.title')}</View>
        <View className="pass__lead">{t('identity-pass.none')}</View>
      </View>
    );
  }
  return (
    <View className="pass" id="identity-pass-sheet">
      <View className="pass__title">{t('identity-pass.title')}</View>
      <View className="pass__lead">{t('identity-pass.hint')}</View>
      <PassSymbol key={shown.digits} id="identity-pass-qr" digits={shown.digits} />
      <View className="pass__note num">{t('identity-pass.until', { until: shortInstant(toIso(shown.until), now, lang) })}</View>
    </View>
  );
}
