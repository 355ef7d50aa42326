import { View } from '@tarojs/components';
import type { RulePack } from '../../../../shared/rule-pack';
import { Button } from '../../components/button';
import { useText } from '../../i18n';
import { go } from '../../lib/go';

/** The school's ways to bind beside the password; each has a screen of its own. */
export function OtherWays({ pack: { schoolId: school, signIn } }: { readonly pack: RulePack }) {
  const { t, b } = useText();
  const hasSso = signIn.otherWays.includes('campus-sso');
  const hasCode = signIn.otherWays.includes('email-code') || signIn.otherWays.includes('mobile-code');
  if (!hasSso && !hasCode) return null;
  return (
    <View className="bind__other">
      <View className="h">{t('bind.other-ways')}</View>
      {hasSso ? (
        <Button
          id="bind-sso"
          kind="tint"
          text={signIn.campusSsoLabel === undefined ? t('bind.by-sso') : b(signIn.campusSsoLabel)}
          onPress={() => go('sso', { school })}
        />
      ) : null}
      {hasCode ? <Button id="bind-code" kind="tint" text={t('bind.by-code')} onPress={() => go('identity', { school })} /> : null}
    </View>
  );
}
