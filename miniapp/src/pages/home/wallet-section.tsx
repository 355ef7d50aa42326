import { View } from '@tarojs/components';
import type { AccountReply } from '../../../../shared/api/student';
import type { RulePack } from '../../../../shared/rule-pack';
import { Button } from '../../components/button';
import { Card } from '../../components/card';
import { Icon } from '../../components/icon';
import { Money } from '../../components/money';
import { Press } from '../../components/press';
import { useText } from '../../i18n';
import { go } from '../../lib/go';

/** The wallet with what is done with it most, or the way to open one. A balance is shown only when the server has one. */
export function WalletSection({ account, pack }: { readonly account: AccountReply; readonly pack: RulePack }) {
  const { t, b } = useText();
  const channel = pack.topUp.channels.find(({ target, enabled }) => target === 'wallet' && enabled);
  return (
    <Card>
      <View className="row">
        <Press id="home-to-wallet" sum={b(pack.wallet.label)} onPress={() => go('wallet')}>
          <View className="h home-wallet__label">
            {b(pack.wallet.label)}
            <Icon name="chevron" size={14} />
          </View>
          {account.walletOpen ? (
            <Money id="home-wallet" size="m" amountFen={account.balances.walletFen} />
          ) : (
            <View id="home-wallet" className="strong">
              {t('home.wallet-closed')}
            </View>
          )}
        </Press>
        {account.walletOpen ? (
          <View className="home-wallet__actions">
            <Button
              id="home-withdraw"
              kind="tint"
              size="small"
              text={pack.wallet.withdrawLabel === undefined ? t('home.withdraw') : b(pack.wallet.withdrawLabel)}
              onPress={() => go('withdraw')}
            />
            {channel === undefined ? null : (
              <Button
                id="home-wallet-top-up"
                kind="tint"
                size="small"
                text={b(channel.label)}
                onPress={() => go('transfer', { way: 'wallet' })}
              />
            )}
          </View>
        ) : pack.wallet.openBy === undefined ? null : (
          <Button id="home-wallet-open" kind="tint" size="small" text={t('home.wallet-open')} onPress={() => go('bank-card')} />
        )}
      </View>
    </Card>
  );
}
