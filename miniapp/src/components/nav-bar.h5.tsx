import { View } from '@tarojs/components';
import { useText } from '../i18n';
import { goBack } from '../lib/go';
import { Press } from './press';
import './nav-bar.scss';

interface Props {
  readonly title: string;
  readonly root: boolean;
  readonly dark: boolean;
}

export function NavBar({ title, root, dark }: Props) {
  const { t } = useText();
  return (
    <View className={dark ? 'nav nav--dark' : 'nav'}>
      {root ? null : (
        <Press id="nav-back" className="nav__back" label={t('nav.back')} onPress={goBack}>
          <View className="nav__chevron" />
        </Press>
      )}
      <View className="nav__title">{title}</View>
    </View>
  );
}
