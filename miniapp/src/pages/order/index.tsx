import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useRef, useState } from 'react';
import type { OrderReply } from '../../../../shared/api/student';
import { asFailure, type Failure } from '../../api/failure';
import { Button } from '../../components/button';
import { Card } from '../../components/card';
import { Cell } from '../../components/cell';
import { Icon } from '../../components/icon';
import { Money } from '../../components/money';
import { NoticesCell } from '../../components/notices-cell';
import { Screen } from '../../components/screen';
import { Failed, Loading, Refusal } from '../../components/states';
import { Timeline } from '../../components/timeline';
import { useText } from '../../i18n';
import { clockText, fullInstant } from '../../lib/dates';
import { goInstead, startAt } from '../../lib/go';
import { nextPollMs, type OrderHeadline, orderHeadline, orderTimeline } from '../../lib/order-timeline';
import { platform } from '../../platform';
import { setApp, useApp } from '../../state/app-state';
import { pendingPay, rememberPay } from '../../state/pending-pay';
import { api } from '../../state/services';
import { useAction } from '../../state/use-action';
import { usePolling, useVisible } from '../../state/use-ticker';
import './order.scss';

const ICON: Readonly<Record<OrderHeadline, 'clock' | 'check' | 'warning'>> = {
  confirming: 'clock',
  unpaid: 'warning',
  crediting: 'clock',
  holding: 'check',
  'on-card': 'check',
  'in-wallet': 'check',
  closed: 'warning',
};

/** Whatever the cashier said, this page asks the server, and goes on asking until the money is where it goes. */
export default function OrderScreen() {
  const { t } = useText();
  const orderNo = useRouter().params.no ?? '';
  const [order, setOrder] = useState<OrderReply>();
  const [failure, setFailure] = useState<Failure>();
  const [hint, setHint] = useState(pendingPay(orderNo)?.hint);
  const [round, setRound] = useState(0);
  const asked = useRef(0);
  const visible = useVisible();

  usePolling(
    async () => {
      asked.current += 1;
      try {
        const reply = await api.order(orderNo);
        setOrder(reply);
        setFailure(undefined);
        const headline = orderHeadline(reply, hint);
        if (headline !== 'confirming' && useApp.getState().openOrder?.orderNo === orderNo) setApp({ openOrder: null });
        return nextPollMs(headline, asked.current);
      } catch (reason) {
        const failed = asFailure(reason);
        setFailure(failed);
        return failed.kind === 'refused' ? undefined : 3_000;
      }
    },
    visible,
    round,
  );

  const payAgain = useAction(async () => {
    const pay = pendingPay(orderNo);
    if (pay === undefined) return;
    // The same order again: the platform lets one order be paid once.
    const next = await platform.pay(pay.payParams);
    rememberPay(orderNo, { ...pay, hint: next });
    setHint(next);
    asked.current = 0;
    setRound(round + 1);
  });

  if (order === undefined) {
    return (
      <Screen title={t('order.title')}>
        {failure === undefined ? <Loading /> : <Failed id="order-retry" failure={failure} onRetry={() => setRound(round + 1)} />}
      </Screen>
    );
  }
  return (
    <OrderView
      order={order}
      headline={orderHeadline(order, hint)}
      stale={failure}
      canPayAgain={pendingPay(orderNo) !== undefined}
      onPayAgain={() => payAgain.run()}
      paying={payAgain.busy}
    />
  );
}

interface ViewProps {
  readonly order: OrderReply;
  readonly headline: OrderHeadline;
  readonly stale: Failure | undefined;
  readonly canPayAgain: boolean;
  readonly onPayAgain: () => void;
  readonly paying: boolean;
}

function OrderView({ order, headline, stale, canPayAgain, onPayAgain, paying }: ViewProps) {
  const { t, b, lang } = useText();
  const pack = useApp((state) => state.pack);
  const zone = pack?.utcOffsetMinutes;
  const transit = pack === null ? t('home.waiting') : b(pack.arrival.transitLabel);
  const wallet = pack === null ? t('channel.wallet') : b(pack.wallet.label);
  const good = headline === 'holding' || headline === 'on-card' || headline === 'in-wallet';
  const hintText = headline === 'holding' ? t('order.arrived-transit', { label: transit }) : t(`order.${headline}-hint`);
  const labels = { paid: t('step.paid'), holding: transit, 'on-card': t('step.on-card'), 'in-wallet': wallet };
  const steps = orderTimeline(order, pack?.arrival.mode ?? 'claim').map((step) => ({
    id: step.id,
    state: step.state,
    label: step.id === 'paid' && step.state !== 'done' ? t('step.pay') : labels[step.id],
    ...(step.at === null ? {} : { at: clockText(step.at, zone) }),
  }));
  return (
    <Screen title={t('order.title')}>
      <Card className="order__head">
        <View className={good ? 'order__icon order__icon--good' : 'order__icon'}>
          <Icon name={ICON[headline]} size={30} />
        </View>
        <View id="order-state" className="order__title">
          {t(`order.${headline}`)}
        </View>
        <Money amountFen={order.amountFen} size="xl" />
        <View className="order__hint">{hintText}</View>
      </Card>
      <Card>
        <Timeline steps={steps} />
        {headline === 'holding' && pack !== null ? <View className="sub order__next">{b(pack.arrival.nextStep)}</View> : null}
      </Card>
      <Refusal id="order-failure" failure={stale} />
      <Card>
        <Cell id="order-channel" label={t('order.channel')} value={t(`channel.${order.channel}`)} />
        <Cell id="order-created" label={t('order.created')} value={fullInstant(order.createdAt, lang, zone)} />
        <Cell id="order-no" label={t('order.no')} value={order.orderNo} />
      </Card>
      {good ? <NoticesCell id="order-notices" /> : null}
      {headline === 'unpaid' && canPayAgain ? (
        <Button id="order-pay-again" text={t('order.pay-again')} onPress={onPayAgain} busy={paying} />
      ) : null}
      {headline === 'in-wallet' ? (
        <Button
          id="order-to-card"
          text={pack === null ? t('step.on-card') : b(pack.topUp.cardLabel)}
          onPress={() => goInstead('transfer', { way: 'card' })}
        />
      ) : null}
      {good && headline !== 'in-wallet' && pack?.codes.enabled === true ? (
        <Button id="order-code" text={t('order.code')} onPress={() => goInstead('code', { tab: 'pay' })} />
      ) : null}
      {good || headline === 'closed' || headline === 'unpaid' ? (
        <Button
          id="order-again"
          kind="tint"
          text={t('order.again')}
          onPress={() => (order.target === 'wallet' ? goInstead('transfer', { way: 'wallet' }) : goInstead('top-up'))}
        />
      ) : null}
      <Button id="order-home" kind="plain" text={t('order.home')} onPress={() => startAt('home')} />
    </Screen>
  );
}
