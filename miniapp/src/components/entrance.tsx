import { View } from '@tarojs/components';
import { useText } from '../i18n';
import { go } from '../lib/go';
import { Button } from './button';
import { Icon } from './icon';
import './entrance.scss';

/** A plain browser has nobody to ask who this is. */
export function OpenElsewhere({ onRetry }: { readonly onRetry: () => void }) {
  const { t } = useText();
  return (
    <View className="entrance" id="plain-browser">
      <View className="entrance__mark">
        <Icon name="qr" size={30} />
      </View>
      <View className="entrance__title">{t('plain.title')}</View>
      <View className="entrance__text">{t('plain.text')}</View>
      <Button id="plain-how" size="small" text={t('plain.how')} onPress={() => go('get-app')} />
      <View className="entrance__again">
        <Button id="plain-top-up" kind="tint" size="small" text={t('plain.top-up')} onPress={() => go('computer')} />
      </View>
      <View className="entrance__again">
        <Button id="plain-retry" kind="tint" size="small" text={t('state.retry')} onPress={onRetry} />
      </View>
    </View>
  );
}
