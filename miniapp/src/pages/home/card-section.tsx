import { View } from '@tarojs/components';
import { useState } from 'react';
import type { AccountReply } from '../../../../shared/api/student';
import { fen } from '../../../../shared/money';
import type { RulePack } from '../../../../shared/rule-pack';
import { Button } from '../../components/button';
import { Card } from '../../components/card';
import { Icon } from '../../components/icon';
import { Money } from '../../components/money';
import { Press } from '../../components/press';
import { Sheet } from '../../components/sheet';
import { useText } from '../../i18n';
import { fullInstant } from '../../lib/dates';
import { go, goTopUp } from '../../lib/go';
import { yuan } from '../../lib/money-text';
import './card-section.scss';

interface Props {
  readonly account: AccountReply;
  readonly pack: RulePack;
  readonly live: boolean;
  readonly failed: boolean;
  readonly onRefresh: () => void;
}

export function CardSection({ account, pack, live, failed, onRefresh }: Props) {
  const { t, b, lang } = useText();
  const [explained, setExplained] = useState(false);
  const { balances } = account;
  const time = fullInstant(account.asOf, lang, pack.utcOffsetMinutes);
  const asOf = t(failed && !live ? 'home.stale' : 'home.as-of', { time });
  const { purseSettledAt } = account;
  const settled =
    purseSettledAt === undefined ? '' : ` · ${t('home.purse-settled', { time: fullInstant(purseSettledAt, lang, pack.utcOffsetMinutes) })}`;
  const purse = pack.purses[0] === undefined ? t('home.purse') : b(pack.purses[0].label);
  const others = [
    { label: t('home.subsidy'), amountFen: balances.subsidyFen },
    { label: `${purse}${settled}`, amountFen: balances.purseFen },
    { label: t('home.chip-pending'), amountFen: balances.chipPendingFen },
  ].filter((other) => other.amountFen !== 0);
  return (
    <Card>
      <View className="row">
        <View>
          <View className="h">{t('home.balance')}</View>
          <Money id="home-balance" amountFen={balances.cardFen} />
        </View>
        <Button id="home-top-up" size="small" text={b(pack.topUp.cardLabel)} onPress={() => goTopUp(pack)} />
      </View>
      {balances.transitFen === fen(0) ? null : (
        <Press id="home-transit" className="transit num" onPress={() => setExplained(true)}>
          <View className="grow">
            {b(pack.arrival.transitLabel)} <View className="transit__amount">{yuan(balances.transitFen)}</View>
          </View>
          <View className="transit__how">{t(pack.arrival.claimAt.includes('pos') ? 'home.claim-pos' : 'home.claim-elsewhere')}</View>
          <Icon name="chevron" size={14} />
        </Press>
      )}
      {others.map((other) => (
        <View key={other.label} className="card-section__other num">
          <View className="h">{other.label}</View>
          <View>{yuan(other.amountFen)}</View>
        </View>
      ))}
      <Press id="home-refresh" className="card-section__as-of" label={`${asOf} ${t('state.refresh')}`} onPress={onRefresh}>
        <View className={failed && !live ? 'sub num card-section__stale' : 'sub num'}>{asOf}</View>
        <Icon name="refresh" size={14} />
      </Press>
      <Sheet open={explained} title={`${b(pack.arrival.transitLabel)} ${yuan(balances.transitFen)}`} onClose={() => setExplained(false)}>
        <View className="card-section__explain">{b(pack.arrival.nextStep)}</View>
        <Button id="transit-transfers" text={t('home.transfers')} onPress={() => go('transfers')} />
        <Button id="transit-close" kind="plain" text={t('state.close')} onPress={() => setExplained(false)} />
      </Sheet>
    </Card>
  );
}
