import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useState } from 'react';
import type { PaidForOther } from '../../../../../../shared/api/others';
import { asFailure, type Failure } from '../../../../api/failure';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Notice, Refusal } from '../../../../components/states';
import { clockText } from '../../../../lib/dates';
import { go, startAt } from '../../../../lib/go';
import { yuan } from '../../../../lib/money-text';
import { usePolling, useVisible } from '../../../../state/use-ticker';
import { computerApi } from '../../api';
import { host } from '../../host';
import { type OpenOrder, openOrder } from '../../lib/draft';
import { useFocus } from '../../lib/use-focus';
import { ScanCode } from '../../parts/scan-code';
import { useComputerText } from '../../text';

const POLL_MS = 2_000;
const POLL_AFTER_FAILURE_MS = 3_000;

/** One order on a computer: its code until it is paid (ST-67, ST-68), then 充值成功 (ST-69). Only the server says which. */
export default function ComputerOrder() {
  const { b, c } = useComputerText();
  const orderNo = useRouter().params.no ?? '';
  const [kept] = useState(() => openOrder(orderNo));
  const [order, setOrder] = useState<PaidForOther>();
  const [failure, setFailure] = useState<Failure>();
  const [round, setRound] = useState(0);
  usePolling(
    async () => {
      try {
        const next = await computerApi.find(orderNo);
        setOrder(next);
        setFailure(undefined);
        return next.state === 'credited' || next.state === 'closed' ? undefined : POLL_MS;
      } catch (reason) {
        setFailure(asFailure(reason));
        return POLL_AFTER_FAILURE_MS;
      }
    },
    useVisible(),
    round,
  );
  if (order === undefined) {
    return (
      <Screen title={c('order.title')}>
        {failure === undefined ? <Loading /> : <Failed id="pc-order-retry" failure={failure} onRetry={() => setRound(round + 1)} />}
      </Screen>
    );
  }
  const isPaid = order.state === 'paid' || order.state === 'credited';
  return (
    <Screen title={isPaid ? c('order.paid') : c('order.title')}>
      <Refusal id="pc-order-stale" failure={failure} />
      {isPaid ? <Done /> : order.state === 'closed' ? <Closed /> : <Waiting order={order} kept={kept} />}
      <Card>
        <Cell id="pc-order-school" label={c('form.school')} value={b(order.payee.school)} />
        <Cell id="pc-order-for" label={c('order.for')} value={order.payee.nameMasked} />
        <Cell id="pc-order-amount" label={c('form.amount')} value={yuan(order.amountFen)} />
        <Cell id="pc-order-no" label={c('order.no')} value={order.orderNo} />
      </Card>
    </Screen>
  );
}

function Waiting({ order, kept }: { readonly order: PaidForOther; readonly kept: OpenOrder | undefined }) {
  const { c } = useComputerText();
  const { newTab } = host;
  const url = kept?.url;
  return (
    <Card>
      <View id="pc-order-state" className="strong">
        {url === undefined ? c('order.confirming') : c('order.page')}
      </View>
      <View className="sub num">{c('order.until', { time: clockText(order.expiresAt).slice(0, 5) })}</View>
      {kept === undefined ? <Notice text={c('order.none')} /> : null}
      {kept?.codeUrl === undefined ? null : <ScanCode codeUrl={kept.codeUrl} channel={kept.channel} />}
      {url === undefined || newTab === undefined ? null : (
        <>
          <View className="sub">{c('order.page-hint')}</View>
          <Button id="pc-open-page" kind="tint" size="small" text={c('order.open')} onPress={() => newTab()(url)} />
        </>
      )}
    </Card>
  );
}

function Done() {
  const { c } = useComputerText();
  useFocus('pc-order-state');
  return (
    <>
      <Notice id="pc-order-state" tone="good" text={c('order.paid')} />
      <View className="sub">{c('order.paid-hint')}</View>
      <Button id="pc-to-records" text={c('order.records')} onPress={() => go('computer-records')} />
      <Button id="pc-to-balance" kind="tint" text={c('order.balance')} onPress={() => go('computer-balance')} />
      <Button id="pc-again" kind="plain" text={c('order.again')} onPress={() => startAt('computer')} />
    </>
  );
}

function Closed() {
  const { c } = useComputerText();
  return (
    <>
      <Notice id="pc-order-state" tone="bad" text={c('order.closed')} />
      <View className="sub">{c('order.closed-hint')}</View>
      <Button id="pc-again" text={c('order.again')} onPress={() => startAt('computer')} />
    </>
  );
}
