import { View } from '@tarojs/components';
import { useDidShow } from '@tarojs/taro';
import { useRef } from 'react';
import type { WalletReply } from '../../../../../../shared/api/wallet';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Money } from '../../../../components/money';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Notice } from '../../../../components/states';
import { fullInstant } from '../../../../lib/dates';
import { go } from '../../../../lib/go';
import { yuan } from '../../../../lib/money-text';
import { useLoad } from '../../../../state/use-load';
import { moneyApi } from '../../money-api';
import { type Holder, WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';
import './wallet.scss';

/** 电子钱包 (DL-16, DL-18…DL-23): what it holds, and everything that is done with it. */
export default function Wallet() {
  const { m } = useMoneyText();
  return (
    <WithAccount title={m('wallet.title')} retryId="wallet-account-retry">
      {(holder) => <WalletScreen {...holder} />}
    </WithAccount>
  );
}

function WalletScreen({ pack }: Holder) {
  const { b } = useMoneyText();
  const load = useLoad(moneyApi.wallet, 'wallet');
  const shownOnce = useRef(false);
  useDidShow(() => {
    if (shownOnce.current) load.reload();
    shownOnce.current = true;
  });
  const title = b(pack.wallet.label);
  if (load.data === undefined) {
    return (
      <Screen title={title}>
        {load.failure === undefined ? <Loading rows={4} /> : <Failed id="wallet-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  return (
    <Screen title={title}>
      <Balance wallet={load.data} pack={pack} stale={load.failure !== undefined} />
      <Services wallet={load.data} pack={pack} />
    </Screen>
  );
}

function Balance({ wallet, pack, stale }: { readonly wallet: WalletReply; readonly pack: RulePack; readonly stale: boolean }) {
  const { b, m, t, lang } = useMoneyText();
  const time = fullInstant(wallet.asOf, lang, pack.utcOffsetMinutes);
  if (!wallet.open) {
    return (
      <Card>
        <View id="wallet-closed" className="strong">
          {m('wallet.closed')}
        </View>
        <View className="sub wallet__how">{pack.wallet.openBy === undefined ? m('wallet.closed-hint') : b(pack.wallet.openBy)}</View>
        <Button id="wallet-open" text={m('wallet.open')} onPress={() => go('bank-card')} />
      </Card>
    );
  }
  const topUp = pack.topUp.channels.find(({ target, enabled }) => target === 'wallet' && enabled);
  return (
    <Card>
      <View className="h">{m('wallet.balance')}</View>
      <Money id="wallet-balance" amountFen={wallet.walletFen} size="xl" />
      {wallet.heldFen === 0 ? null : <View className="sub num">{m('wallet.held', { amount: yuan(wallet.heldFen) })}</View>}
      <View className="sub num">{t(stale ? 'home.stale' : 'home.as-of', { time })}</View>
      {wallet.card?.state === 'lost' ? <Notice id="wallet-card-lost" tone="bad" text={m('wallet.card-lost')} /> : null}
      <View className="wallet__actions">
        <Button
          id="wallet-withdraw"
          kind="tint"
          text={pack.wallet.withdrawLabel === undefined ? m('withdraw.title') : b(pack.wallet.withdrawLabel)}
          onPress={() => go('withdraw')}
        />
        {topUp === undefined ? null : <Button id="wallet-top-up" text={b(topUp.label)} onPress={() => go('transfer', { way: 'wallet' })} />}
      </View>
    </Card>
  );
}

function Services({ wallet, pack }: { readonly wallet: WalletReply; readonly pack: RulePack }) {
  const { b, m } = useMoneyText();
  const toCard = pack.topUp.channels.find(({ id, enabled }) => id === 'wallet' && enabled);
  const { card } = wallet;
  const cardValue = card === null ? m('card.none') : m('card.tail', { tail: card.cardTail });
  return (
    <Card>
      <Cell
        id="wallet-bank-card"
        icon="wallet"
        label={m('card.title')}
        value={card?.state === 'lost' ? m('card.lost') : cardValue}
        onPress={() => go('bank-card')}
      />
      {toCard === undefined || !wallet.open ? null : (
        <Cell
          id="wallet-to-card"
          icon="pay"
          label={b(pack.topUp.cardLabel)}
          hint={m('wallet.to-card-hint')}
          onPress={() => go('transfer', { way: 'card' })}
        />
      )}
      <Cell id="wallet-entries" icon="list" label={m('wallet.entries')} onPress={() => go('wallet-entries')} />
      <Cell id="wallet-limits" icon="shield" label={m('limits.title')} onPress={() => go('limits')} />
      <Cell
        id="wallet-info"
        icon="person"
        label={pack.wallet.infoLabel === undefined ? m('info.title') : b(pack.wallet.infoLabel)}
        value={m(`info.${wallet.customerInfo}`)}
        onPress={() => go('customer-info')}
      />
    </Card>
  );
}
