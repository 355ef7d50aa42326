import { View } from '@tarojs/components';
import type { AccountReply } from '../../../../shared/api/student';
import type { RulePack } from '../../../../shared/rule-pack';
import { Icon } from '../../components/icon';
import { Press } from '../../components/press';
import { useText } from '../../i18n';
import { go } from '../../lib/go';
import { useApp } from '../../state/app-state';
import './face.scss';

interface Props {
  readonly account: AccountReply;
  readonly pack: RulePack;
  readonly onSwitch: () => void;
}

/** The card's face: whose it is, and the two codes one tap away. */
export function Face({ account, pack, onSwitch }: Props) {
  const { t, b } = useText();
  const unread = useApp((state) => state.unread);
  const count = unread === 0 ? '' : unread < 100 ? String(unread) : '99+';
  return (
    <View className="face">
      <View className="face__top">
        <View id="home-school" className="face__school">
          {b(pack.name)}
        </View>
        <Press
          id="home-notices"
          className="face__bell"
          label={`${t('home.notices')}${count === '' ? '' : ` ${count}`}`}
          onPress={() => go('notices')}
        >
          <Icon name="bell" size={22} />
          {count === '' ? null : (
            <View id="home-unread" className="face__unread num">
              {count}
            </View>
          )}
        </Press>
        <Press id="home-switch" className="face__switch" onPress={onSwitch} label={t('home.switch')}>
          {t('home.switch')}
        </Press>
      </View>
      <View id="home-name" className="face__name">
        {account.name}
      </View>
      <View className="face__number num">{account.numberMasked}</View>
      {pack.codes.enabled ? (
        <View className="face__codes">
          <Press
            id="home-identity"
            className="face__code"
            label={b(pack.codes.identityLabel)}
            onPress={() => go('code', { tab: 'identity' })}
          >
            <Icon name="qr" size={22} />
            <View className="face__code-text">{b(pack.codes.identityLabel)}</View>
          </Press>
          <Press
            id="home-pay"
            className="face__code face__code--pay"
            label={b(pack.codes.paymentLabel)}
            onPress={() => go('code', { tab: 'pay' })}
          >
            <Icon name="pay" size={24} />
            <View className="face__code-text">{b(pack.codes.paymentLabel)}</View>
          </Press>
        </View>
      ) : null}
    </View>
  );
}
