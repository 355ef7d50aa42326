import { View } from '@tarojs/components';
import { useState } from 'react';
import type { AccountReply } from '../../../../shared/api/student';
import type { RulePack } from '../../../../shared/rule-pack';
import { Button } from '../../components/button';
import { Card } from '../../components/card';
import { Money } from '../../components/money';
import { Sheet } from '../../components/sheet';
import { useText } from '../../i18n';

/** The wallet, or what it takes to open one. A balance is shown only when the server has one. */
export function WalletSection({ account, pack }: { readonly account: AccountReply; readonly pack: RulePack }) {
  const { t, b } = useText();
  const [explained, setExplained] = useState(false);
  return (
    <Card>
      <View className="row">
        <View>
          <View className="h">{b(pack.wallet.label)}</View>
          {account.walletOpen ? (
            <Money id="home-wallet" size="m" amountFen={account.balances.walletFen} />
          ) : (
            <View id="home-wallet" className="strong">
              {t('home.wallet-closed')}
            </View>
          )}
        </View>
        {account.walletOpen || pack.wallet.openBy === undefined ? null : (
          <Button id="home-wallet-open" kind="tint" size="small" text={t('home.wallet-how')} onPress={() => setExplained(true)} />
        )}
      </View>
      <Sheet open={explained} title={t('home.wallet-soon')} onClose={() => setExplained(false)}>
        <View className="card-section__explain">{pack.wallet.openBy === undefined ? '' : b(pack.wallet.openBy)}</View>
        <Button id="wallet-close" kind="tint" text={t('state.close')} onPress={() => setExplained(false)} />
      </Sheet>
    </Card>
  );
}
