import { View } from '@tarojs/components';
import { useState } from 'react';
import type { CardTopUpReply } from '../../../../../../shared/api/wallet';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { asFailure, type Failure } from '../../../../api/failure';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Refusal } from '../../../../components/states';
import { Timeline } from '../../../../components/timeline';
import { clockText } from '../../../../lib/dates';
import { goInstead, startAt } from '../../../../lib/go';
import { cardTransferSteps } from '../../../../lib/order-timeline';
import { usePolling, useVisible } from '../../../../state/use-ticker';
import { moneyApi } from '../../money-api';
import { Outcome } from '../../parts/outcome';
import { useMoneyText } from '../../text';

interface Props {
  readonly title: string;
  readonly no: string;
  readonly pack: RulePack;
}

const TONES = { asked: 'waiting', pending: 'waiting', transferred: 'good', failed: 'bad' } as const;

/** What became of a 卡片充值: asked for until it is known, and where the money is then. */
export function CardOutcome({ title, no, pack }: Props) {
  const { b, m, t } = useMoneyText();
  const [transfer, setTransfer] = useState<CardTopUpReply>();
  const [failure, setFailure] = useState<Failure>();
  const [round, setRound] = useState(0);
  usePolling(
    async () => {
      try {
        const reply = await moneyApi.cardTopUp(no);
        setTransfer(reply);
        setFailure(undefined);
        return reply.state === 'transferred' || reply.state === 'failed' ? undefined : 2_000;
      } catch (reason) {
        setFailure(asFailure(reason));
        return 3_000;
      }
    },
    useVisible(),
    round,
  );
  if (transfer === undefined) {
    return (
      <Screen title={title}>
        {failure === undefined ? <Loading /> : <Failed id="transfer-outcome-retry" failure={failure} onRetry={() => setRound(round + 1)} />}
      </Screen>
    );
  }
  const { state, arrivedIn } = transfer;
  const transit = b(pack.arrival.transitLabel);
  const labels = { paid: t('step.paid'), holding: transit, 'on-card': t('step.on-card'), 'in-wallet': b(pack.wallet.label) };
  const hint =
    state !== 'transferred'
      ? m(state === 'failed' ? (arrivedIn === 'wallet' ? 'transfer.in-wallet' : 'transfer.failed-hint') : 'transfer.pending-hint')
      : arrivedIn === 'transit'
        ? t('order.arrived-transit', { label: transit })
        : t('order.on-card-hint');
  return (
    <Screen title={title}>
      <Outcome
        id="transfer-state"
        tone={TONES[state]}
        title={m(`transfer.${state === 'asked' ? 'pending' : state}`)}
        amountFen={transfer.amountFen}
        hint={hint}
      />
      {state === 'failed' ? null : (
        <Card className="stack">
          <Timeline
            steps={cardTransferSteps(transfer, pack.arrival.mode).map((step) => ({
              id: step.id,
              state: step.state,
              label: labels[step.id],
              ...(step.at === null ? {} : { at: clockText(step.at, pack.utcOffsetMinutes) }),
            }))}
          />
          {arrivedIn === 'transit' ? <View className="sub">{b(pack.arrival.nextStep)}</View> : null}
        </Card>
      )}
      <Refusal id="transfer-outcome-failure" failure={failure} />
      {state === 'transferred' && pack.codes.enabled ? (
        <Button id="transfer-code" text={t('order.code')} onPress={() => goInstead('code', { tab: 'pay' })} />
      ) : null}
      {state === 'transferred' || state === 'failed' ? (
        <Button id="transfer-again" kind="tint" text={t('order.again')} onPress={() => goInstead('transfer', { way: 'card' })} />
      ) : null}
      <Button id="transfer-home" kind="plain" text={t('order.home')} onPress={() => startAt('home')} />
    </Screen>
  );
}
