import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useEffect, useState } from 'react';
import type { AccountReply } from '../../../../shared/api/student';
import { add } from '../../../../shared/money';
import type { RulePack } from '../../../../shared/rule-pack';
import { AmountField } from '../../components/amount-field';
import { Button } from '../../components/button';
import { Card } from '../../components/card';
import { Keypad } from '../../components/keypad';
import { RadioRow } from '../../components/radio-row';
import { Screen } from '../../components/screen';
import { Failed, Loading, Notice, Refusal } from '../../components/states';
import { Timeline } from '../../components/timeline';
import { useText } from '../../i18n';
import { judgeAmount, pressKey, typedAmount } from '../../lib/amount-input';
import { amountRules, cardChannels } from '../../lib/channels';
import { go, goInstead } from '../../lib/go';
import { yuan } from '../../lib/money-text';
import { platform } from '../../platform';
import { setApp, useApp } from '../../state/app-state';
import { rememberPay } from '../../state/pending-pay';
import { api, loadAccount } from '../../state/services';
import { useAction } from '../../state/use-action';
import { useLoad } from '../../state/use-load';
import { useRequestId } from '../../state/use-request-id';
import './top-up.scss';

export default function TopUp() {
  const { t } = useText();
  const account = useApp((state) => state.account);
  const pack = useApp((state) => state.pack);
  const load = useLoad(loadAccount, 'account');
  if (account === null || pack === null) {
    return (
      <Screen title={t('topup.amount')}>
        {load.failure === undefined ? <Loading /> : <Failed id="topup-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  return <TopUpForm account={account} pack={pack} />;
}

function TopUpForm({ account, pack }: { readonly account: AccountReply; readonly pack: RulePack }) {
  const { t, b } = useText();
  const choices = cardChannels(pack, platform.payChannel());
  const usable = choices.find(({ blocked, opens }) => blocked === undefined && opens === undefined)?.channel;
  const rules = amountRules(pack, usable);
  const { yuan: wished = '' } = useRouter().params;
  const [typed, setTyped] = useState(() => typedAmount(wished));
  const verdict = judgeAmount(typed, rules);
  const transitAfter = verdict.kind === 'ok' ? add(account.balances.transitFen, verdict.amountFen) : account.balances.transitFen;
  const cardAfter = verdict.kind === 'ok' ? add(account.balances.cardFen, verdict.amountFen) : account.balances.cardFen;

  const request = useRequestId();
  const submit = useAction(async () => {
    if (verdict.kind !== 'ok' || usable === undefined) return;
    const requestId = await request.of(`${usable.id}:${verdict.amountFen}`);
    const order = await api.topUp({ requestId, amountFen: verdict.amountFen, channel: usable.id });
    setApp({ openOrder: { orderNo: order.orderNo, amountFen: verdict.amountFen } });
    const hint = await platform.pay(order.payParams);
    request.done();
    rememberPay(order.orderNo, { payParams: order.payParams, hint });
    goInstead('order', { no: order.orderNo });
  });
  const { clear } = submit;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new amount makes the old refusal void.
  useEffect(clear, [typed]);

  const afterText =
    pack.arrival.mode === 'claim'
      ? t('topup.after-transit', { label: b(pack.arrival.transitLabel), amount: yuan(transitAfter) })
      : t('topup.after-card', { amount: yuan(cardAfter) });
  const steps = [
    { id: 'paid', label: t('step.pay'), state: 'ahead' as const },
    ...(pack.arrival.mode === 'claim' ? [{ id: 'holding', label: b(pack.arrival.transitLabel), state: 'ahead' as const }] : []),
    { id: 'on-card', label: t('step.on-card'), state: 'ahead' as const },
  ];

  return (
    <Screen title={b(pack.topUp.cardLabel)}>
      <AmountField
        id="topup"
        label={pack.topUp.amountLabel === undefined ? t('topup.amount') : b(pack.topUp.amountLabel)}
        typed={typed}
        rules={rules}
        onType={setTyped}
        presetsFen={pack.topUp.presetsFen}
        after={afterText}
      />
      <Card>
        <View className="h">{t('topup.pay-by')}</View>
        {choices.map(({ channel, blocked, opens }) => (
          <RadioRow
            key={channel.id}
            id={`topup-channel-${channel.id}`}
            label={b(channel.label)}
            hint={blocked !== undefined ? t(`topup.${blocked}`) : opens === undefined ? undefined : t('topup.opens')}
            chosen={channel.id === usable?.id}
            disabled={blocked !== undefined}
            onChoose={() => opens !== undefined && go('transfer', { way: opens })}
          />
        ))}
        {choices.every(({ blocked }) => blocked !== undefined) ? <Notice id="topup-none" text={t('topup.none')} /> : null}
        {pack.topUp.notice === undefined ? null : <View className="sub top-up__notice">{b(pack.topUp.notice)}</View>}
      </Card>
      {pack.topUp.auto === undefined ? null : <Button id="topup-auto" kind="plain" text={t('topup.auto')} onPress={() => go('auto')} />}
      <Refusal id="topup-failure" failure={submit.failure} />
      <Card>
        <View className="h top-up__where">{t('topup.where-goes')}</View>
        <Timeline steps={steps} />
        <View className="sub top-up__next">{b(pack.arrival.nextStep)}</View>
      </Card>
      <Keypad
        onKey={(key) => {
          // Two keys may come within one drawing: each builds on the one before it, not on what was drawn.
          if (pack.topUp.freeAmount) setTyped((before) => pressKey(before, key));
        }}
        submit={b(pack.topUp.submit)}
        onSubmit={() => submit.run()}
        disabled={verdict.kind !== 'ok' || usable === undefined}
        busy={submit.busy}
      />
    </Screen>
  );
}
