import { View } from '@tarojs/components';
import { useEffect } from 'react';
import { useText } from '../i18n';
import { goBack } from '../lib/go';
import { Press } from './press';
import './nav-bar.scss';

interface Props {
  readonly title: string;
  readonly root: boolean;
  readonly dark: boolean;
}

/** Screen readers jump from heading to heading. */
const HEADING = { role: 'heading', 'aria-level': 1 };

export function NavBar({ title, root, dark }: Props) {
  const { t, lang } = useText();
  // For screen readers and translators: the page is in the language that was chosen, whatever it was served in.
  useEffect(() => {
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  }, [lang]);
  return (
    <View className={dark ? 'nav nav--dark' : 'nav'}>
      {root ? null : (
        <Press id="nav-back" className="nav__back" label={t('nav.back')} onPress={goBack}>
          <View className="nav__chevron" />
        </Press>
      )}
      <View className="nav__title" {...HEADING}>
        {title}
      </View>
    </View>
  );
}
