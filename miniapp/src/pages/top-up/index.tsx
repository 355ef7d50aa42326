import { Text, View } from '@tarojs/components';
import { useEffect, useRef, useState } from 'react';
import type { AccountReply } from '../../../../shared/api/student';
import { add, fen, formatYuan } from '../../../../shared/money';
import type { RulePack } from '../../../../shared/rule-pack';
import { Card } from '../../components/card';
import { Keypad } from '../../components/keypad';
import { Press } from '../../components/press';
import { RadioRow } from '../../components/radio-row';
import { Screen } from '../../components/screen';
import { Failed, Loading, Notice, Refusal } from '../../components/states';
import { Timeline } from '../../components/timeline';
import { useText } from '../../i18n';
import { judgeAmount, pressKey } from '../../lib/amount-input';
import { amountRules, cardChannels } from '../../lib/channels';
import { goInstead } from '../../lib/go';
import { presetText, yuan } from '../../lib/money-text';
import { platform } from '../../platform';
import { useApp } from '../../state/app-state';
import { rememberPay } from '../../state/pending-pay';
import { api, loadAccount, newRequestId } from '../../state/services';
import { useAction } from '../../state/use-action';
import { useLoad } from '../../state/use-load';
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
  const usable = choices.find((choice) => choice.blocked === undefined)?.channel;
  const rules = amountRules(pack, usable);
  const [typed, setTyped] = useState('');
  const verdict = judgeAmount(typed, rules);
  const transitAfter = verdict.kind === 'ok' ? add(account.balances.transitFen, verdict.amountFen) : account.balances.transitFen;
  const cardAfter = verdict.kind === 'ok' ? add(account.balances.cardFen, verdict.amountFen) : account.balances.cardFen;

  // One id a press. A press whose answer was lost keeps its id, so that the next press asks for the same order.
  const request = useRef<{ id: string; of: string }>();
  const submit = useAction(async () => {
    if (verdict.kind !== 'ok' || usable === undefined) return;
    const of = `${usable.id}:${verdict.amountFen}`;
    if (request.current?.of !== of) request.current = { id: await newRequestId(), of };
    const order = await api.topUp({ requestId: request.current.id, amountFen: verdict.amountFen, channel: usable.id });
    const hint = await platform.pay(order.payParams);
    request.current = undefined;
    rememberPay(order.orderNo, { payParams: order.payParams, hint });
    goInstead('order', { no: order.orderNo });
  });
  const { clear } = submit;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new amount makes the old refusal void.
  useEffect(clear, [typed]);

  const limitText =
    verdict.kind === 'above' && rules.maxFen !== undefined
      ? t('topup.above', { amount: yuan(fen(rules.maxFen)) })
      : verdict.kind === 'below'
        ? t('topup.min', { amount: yuan(fen(rules.minFen)) })
        : rules.maxFen === undefined
          ? ''
          : t('topup.max', { amount: yuan(fen(rules.maxFen)) });
  const wrong = verdict.kind === 'above' || verdict.kind === 'below';
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
      <Card>
        <View className="h">{pack.topUp.amountLabel === undefined ? t('topup.amount') : b(pack.topUp.amountLabel)}</View>
        <View className="amount num">
          <Text className="amount__sign">¥</Text>
          {typed === '' ? (
            <View className="amount__none">{t('topup.enter')}</View>
          ) : (
            <View id="topup-amount" className="amount__digits">
              {typed}
            </View>
          )}
          <View className="amount__caret" />
        </View>
        <View className="row num">
          <View id="topup-limit" className={wrong ? 'sub top-up__wrong' : 'sub'}>
            {limitText}
          </View>
          <View className="sub">{verdict.kind === 'ok' ? afterText : ''}</View>
        </View>
        {pack.topUp.presetsFen.length === 0 ? null : (
          <View className="presets num">
            {[...pack.topUp.presetsFen]
              .sort((a, b) => a - b)
              .map((preset) => {
                const on = verdict.kind === 'ok' && verdict.amountFen === preset;
                return (
                  <Press
                    key={preset}
                    id={`topup-preset-${preset}`}
                    className={on ? 'presets__item presets__item--on' : 'presets__item'}
                    label={yuan(preset)}
                    checked={on}
                    onPress={() => setTyped(preset % 100 === 0 ? presetText(preset) : formatYuan(preset))}
                  >
                    {presetText(preset)}
                  </Press>
                );
              })}
          </View>
        )}
      </Card>
      <Card>
        <View className="h">{t('topup.pay-by')}</View>
        {choices.map(({ channel, blocked }) => (
          <RadioRow
            key={channel.id}
            id={`topup-channel-${channel.id}`}
            label={b(channel.label)}
            hint={blocked === undefined ? undefined : t(`topup.${blocked}`)}
            chosen={channel.id === usable?.id}
            disabled={blocked !== undefined}
            onChoose={() => undefined}
          />
        ))}
        {usable === undefined ? <Notice id="topup-none" text={t('topup.none')} /> : null}
        {pack.topUp.notice === undefined ? null : <View className="sub top-up__notice">{b(pack.topUp.notice)}</View>}
      </Card>
      <Refusal id="topup-failure" failure={submit.failure} />
      <Card>
        <View className="h top-up__where">{t('topup.where-goes')}</View>
        <Timeline steps={steps} />
        <View className="sub top-up__next">{b(pack.arrival.nextStep)}</View>
      </Card>
      <View className="top-up__room" />
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
