import { View } from '@tarojs/components';
import { useText } from '../i18n';
import { go } from '../lib/go';
import { platform } from '../platform';
import { consent } from '../state/services';
import { Button } from './button';
import './consent.scss';
import { ConsentButton } from './consent-button';
import { Press } from './press';
import { Sheet } from './sheet';

/** Before anything is collected: what and why in a few lines, the whole policy, and two answers of one size. */
export function ConsentSheet() {
  const { t } = useText();
  const { openContract } = platform.privacy;
  return (
    <Sheet open title={t('consent.title')} onClose={() => undefined}>
      <View id="consent-text">{t('consent.text')}</View>
      <Press id="consent-policy" className="consent__link" onPress={() => go('privacy')}>
        {t('consent.policy')}
      </Press>
      {openContract === undefined ? null : (
        <Press id="consent-host" className="consent__link" onPress={openContract}>
          {t('consent.host')}
        </Press>
      )}
      <View className="consent__actions">
        <View className="consent__answer">
          <Button id="consent-no" kind="tint" text={t('consent.no')} onPress={() => consent.answer(false)} />
        </View>
        <View className="consent__answer">
          <ConsentButton id="consent-yes" text={t('consent.yes')} onAgree={() => consent.answer(true)} />
        </View>
      </View>
    </Sheet>
  );
}
