import { View } from '@tarojs/components';
import type { RulePack } from '../../../../shared/rule-pack';
import { Card } from '../../components/card';
import { Icon, type IconName } from '../../components/icon';
import { Press } from '../../components/press';
import { useText } from '../../i18n';
import { entrances } from '../../lib/entrances';
import { go } from '../../lib/go';
import { platform } from '../../platform';
import { setApp } from '../../state/app-state';
import './services-section.scss';

interface Service {
  readonly id: string;
  readonly icon: IconName;
  readonly label: string;
  readonly onPress: () => void;
}

/** Everything else the card can do. */
export function ServicesSection({ pack }: { readonly pack: RulePack }) {
  const { t, b, lang } = useText();
  const linkLabel = platform.payChannel() === 'alipay' ? pack.linking.alipayLabel : pack.linking.wechatLabel;
  const accountLabel = pack.services?.accountLabel;
  const utilities = pack.utilities.map((utility): Service => {
    const label = pack.utilityLabels?.[utility];
    return {
      id: `home-${utility}`,
      icon: utility,
      label: label === undefined ? t(`service.${utility}`) : b(label),
      onPress: () => go('utility', { utility }),
    };
  });
  const services: readonly Service[] = [
    {
      id: 'home-account',
      icon: 'person',
      label: accountLabel === undefined ? t('service.account') : b(accountLabel),
      onPress: () => go('account'),
    },
    { id: 'home-money', icon: 'wallet', label: t('service.money'), onPress: () => go('money') },
    ...utilities,
    { id: 'home-loss', icon: 'shield', label: b(pack.loss.reportLabel), onPress: () => go('loss') },
    { id: 'home-link', icon: 'link', label: b(linkLabel), onPress: () => go('links') },
    ...(pack.linking.unionpayLabel === undefined
      ? []
      : [{ id: 'home-unionpay', icon: 'link' as const, label: b(pack.linking.unionpayLabel), onPress: () => go('unionpay') }]),
    { id: 'home-apps', icon: 'phones', label: t('service.apps'), onPress: () => go('apps') },
    { id: 'home-password', icon: 'lock', label: t('service.password'), onPress: () => go('password') },
    { id: 'home-places', icon: 'place', label: t('service.places'), onPress: () => go('places') },
    ...entrances(pack).map(({ screen, icon, label }) => ({
      id: `home-${screen}`,
      icon,
      label: label === undefined ? t('service.privacy') : b(label),
      onPress: () => go(screen),
    })),
    {
      id: 'home-language',
      icon: 'globe',
      label: t('service.language'),
      onPress: () => setApp({ lang: lang === 'zh' ? 'en' : 'zh' }),
    },
  ];
  return (
    <Card className="services">
      {services.map((service) => (
        <Press key={service.id} id={service.id} className="services__item" label={service.label} onPress={service.onPress}>
          <View className="services__icon">
            <Icon name={service.icon} size={22} />
          </View>
          <View className="services__label">{service.label}</View>
        </Press>
      ))}
    </Card>
  );
}
