import { View } from '@tarojs/components';
import type { AccountReply } from '../../../../shared/api/student';
import type { RulePack } from '../../../../shared/rule-pack';
import { Press } from '../../components/press';
import { useText } from '../../i18n';
import { fullInstant } from '../../lib/dates';
import { go } from '../../lib/go';
import { yuan } from '../../lib/money-text';
import { useApp } from '../../state/app-state';
import './banners.scss';

/** What the holder should do or know first. */
export function HomeBanners({ account, pack }: { readonly account: AccountReply; readonly pack: RulePack }) {
  const { t, lang } = useText();
  const openOrder = useApp((state) => state.openOrder);
  const { loss } = account;
  return (
    <>
      {loss === null ? null : (
        <Press id="home-lost" className="banner banner--bad" onPress={() => go('loss')}>
          <View className="grow">
            {loss.codesFrozen
              ? t('home.lost', { time: fullInstant(loss.reportedAt, lang, pack.utcOffsetMinutes) })
              : t('home.lost-codes-on')}
          </View>
          <View className="banner__go">{pack.loss.cancelLabel[lang]}</View>
        </Press>
      )}
      {account.eraseFrom === undefined ? null : (
        <Press id="home-erase" className="banner banner--bad" onPress={() => go('data')}>
          <View className="grow">{t('home.erase', { time: fullInstant(account.eraseFrom, lang, pack.utcOffsetMinutes) })}</View>
          <View className="banner__go">{t('home.go-see')}</View>
        </Press>
      )}
      {account.owedFen === undefined ? null : (
        <Press id="home-owed" className="banner banner--bad" onPress={() => go('debt')}>
          <View className="grow num">{t('home.owed', { amount: yuan(account.owedFen) })}</View>
          <View className="banner__go">{t('home.go-settle')}</View>
        </Press>
      )}
      {openOrder === null ? null : (
        <Press id="home-open-order" className="banner" onPress={() => go('order', { no: openOrder.orderNo })}>
          <View className="grow num">{t('home.open-order', { amount: yuan(openOrder.amountFen) })}</View>
          <View className="banner__go">{t('home.go-see')}</View>
        </Press>
      )}
      {account.passwordIsInitial ? (
        <Press id="home-change-password" className="banner" onPress={() => go('password')}>
          <View className="grow">{t('home.first-password')}</View>
          <View className="banner__go">{t('home.go-change')}</View>
        </Press>
      ) : null}
    </>
  );
}
