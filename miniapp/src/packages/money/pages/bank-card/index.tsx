import { View } from '@tarojs/components';
import { useState } from 'react';
import type { BankCardReply } from '../../../../../../shared/api/wallet';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Confirm } from '../../../../components/confirm';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Notice } from '../../../../components/states';
import { fullInstant } from '../../../../lib/dates';
import { go, goBack } from '../../../../lib/go';
import { loadAccount } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { moneyApi } from '../../money-api';
import { bankName } from '../../parts/bank-name';
import { Outcome } from '../../parts/outcome';
import { type Holder, WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';
import { BindForm } from './bind-form';

/** 银行卡 (DL-10…DL-12, DL-18): the bound debit card, or what it takes to bind one. */
export default function BankCard() {
  const { m } = useMoneyText();
  return (
    <WithAccount title={m('card.title')} retryId="bank-card-account-retry">
      {(holder) => <BankCardScreen {...holder} />}
    </WithAccount>
  );
}

function BankCardScreen({ account, pack }: Holder) {
  const { b, m } = useMoneyText();
  const load = useLoad(moneyApi.bankCard, 'bank-card');
  const [changed, setChanged] = useState<BankCardReply['card']>();
  const [bound, setBound] = useState(false);
  const card = changed === undefined ? load.data?.card : changed;

  if (bound) {
    return (
      <Screen title={m('card.bind-title')}>
        <Outcome
          id="bank-card-bound"
          tone="good"
          title={m(pack.wallet.offered ? 'card.wallet-open' : 'card.bound')}
          hint={m(pack.wallet.offered ? 'card.wallet-open-hint' : 'card.bound-hint', { tail: card?.cardTail ?? '' })}
        />
        {pack.wallet.offered ? (
          <Button id="bank-card-to-top-up" kind="tint" text={m('card.to-top-up')} onPress={() => go('transfer', { way: 'wallet' })} />
        ) : null}
        <Button id="bank-card-done" text={m('card.done')} onPress={goBack} />
      </Screen>
    );
  }
  if (card === undefined) {
    return (
      <Screen title={m('card.title')}>
        {load.failure === undefined ? <Loading rows={4} /> : <Failed id="bank-card-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  if (card === null || card.state === 'lost') {
    return (
      <Screen title={m('card.bind-title')}>
        {card === null ? null : <Notice id="bank-card-lost" tone="bad" text={m('wallet.card-lost')} />}
        <BindForm
          name={account.name}
          pack={pack}
          onBound={(next) => {
            setChanged(next);
            setBound(true);
            // The wallet is open now, and home shall say so.
            loadAccount().catch(() => undefined);
          }}
        />
      </Screen>
    );
  }
  return (
    <Screen title={m('card.title')}>
      <BoundCard card={card} pack={pack} onChanged={setChanged} />
      {pack.bank === undefined ? null : <View className="sub">{b(pack.bank.cardOnly)}</View>}
    </Screen>
  );
}

interface BoundProps {
  readonly card: NonNullable<BankCardReply['card']>;
  readonly pack: RulePack;
  readonly onChanged: (card: BankCardReply['card']) => void;
}

function BoundCard({ card, pack, onChanged }: BoundProps) {
  const { b, m, lang } = useMoneyText();
  const [asking, setAsking] = useState(false);
  const unbind = useAction(async () => {
    onChanged((await moneyApi.unbindBankCard()).card);
    setAsking(false);
    loadAccount().catch(() => undefined);
  });
  return (
    <>
      <Card>
        <Cell id="bank-card-name" icon="wallet" label={bankName(card.bankName, pack, b)} value={m('card.tail', { tail: card.cardTail })} />
        <Cell id="bank-card-since" label={m('card.since')} value={fullInstant(card.boundAt, lang, pack.utcOffsetMinutes)} />
      </Card>
      {card.state === 'ending' ? <Notice id="bank-card-ending" text={m('card.ending')} /> : null}
      <Button
        id="bank-card-unbind"
        kind="plain"
        text={m('card.unbind')}
        onPress={() => {
          unbind.clear();
          setAsking(true);
        }}
      />
      <Confirm
        id="unbind-card"
        open={asking}
        title={m('card.unbind-title')}
        text={m('card.unbind-text')}
        yes={m('card.unbind')}
        danger
        busy={unbind.busy}
        failure={unbind.failure}
        onYes={() => unbind.run()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
