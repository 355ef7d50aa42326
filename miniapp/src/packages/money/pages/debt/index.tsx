import { View } from '@tarojs/components';
import { useDidShow } from '@tarojs/taro';
import { useRef, useState } from 'react';
import type { ClearReceivableReply } from '../../../../../../shared/api/receivables';
import { formatYuan } from '../../../../../../shared/money';
import { isRefusal } from '../../../../api/failure';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Money } from '../../../../components/money';
import { Screen } from '../../../../components/screen';
import { Notice, Refusal } from '../../../../components/states';
import { debtPlan } from '../../../../lib/debt';
import { goInstead, goTopUp, startAt } from '../../../../lib/go';
import { yuan } from '../../../../lib/money-text';
import { useAction } from '../../../../state/use-action';
import { moneyApi } from '../../money-api';
import { Outcome } from '../../parts/outcome';
import { type Holder, WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';

export default function Debt() {
  const { m } = useMoneyText();
  return (
    <WithAccount title={m('debt.title')} retryId="debt-retry">
      {(holder) => <DebtScreen {...holder} />}
    </WithAccount>
  );
}

function DebtScreen({ account, pack, load }: Holder) {
  const { b, m } = useMoneyText();
  const [settled, setSettled] = useState<ClearReceivableReply>();
  const shownOnce = useRef(false);
  useDidShow(() => {
    // Back from topping up: there may be enough now.
    if (shownOnce.current) load.reload();
    shownOnce.current = true;
  });
  const settle = useAction(async () => {
    try {
      setSettled(await moneyApi.clearReceivable());
    } catch (reason) {
      // An answer that was lost, or another phone, settled it: the balances say so.
      if (!isRefusal(reason, 'receivable.nothing')) throw reason;
    } finally {
      load.reload();
    }
  });

  const plan = debtPlan(account);
  if (settled !== undefined && settled.owedFen === 0) {
    return (
      <Screen title={m('debt.title')}>
        <Outcome
          id="debt-done"
          tone="good"
          title={m('debt.done')}
          amountFen={settled.paidFen}
          hint={m(settled.codesFrozen ? 'debt.done-lost' : 'debt.done-hint')}
        />
        {settled.codesFrozen ? null : (
          <Button id="debt-to-code" text={m('debt.to-code')} onPress={() => goInstead('code', { tab: 'pay' })} />
        )}
        <Button id="debt-home" kind="plain" text={m('money.home')} onPress={() => startAt('home')} />
      </Screen>
    );
  }
  if (plan === undefined) {
    return (
      <Screen title={m('debt.title')}>
        <Outcome id="debt-none" tone="good" title={m('debt.none')} hint={m('debt.none-hint')} />
        <Button id="debt-home" kind="plain" text={m('money.home')} onPress={() => startAt('home')} />
      </Screen>
    );
  }
  return (
    <Screen title={m('debt.title')}>
      <Card>
        <View className="h">{m('debt.owed')}</View>
        <Money id="debt-owed" amountFen={plan.owedFen} size="xl" />
        <View className="sub">{m('debt.why')}</View>
      </Card>
      {settled === undefined ? null : (
        <Notice id="debt-part-done" tone="good" text={m('debt.part-done', { amount: yuan(settled.paidFen) })} />
      )}
      <Card>
        <Cell id="debt-free" label={m('debt.free')} value={yuan(plan.freeFen)} />
        {plan.reservedFen === 0 ? null : (
          <Cell id="debt-reserved" label={m('debt.reserved')} hint={m('debt.reserved-hint')} value={yuan(plan.reservedFen)} />
        )}
        {plan.settleFen === 0 ? null : <Cell id="debt-settle-now" label={m('debt.settle-now')} value={yuan(plan.settleFen)} />}
        {plan.missingFen === 0 ? null : <Cell id="debt-missing" label={m('debt.missing')} value={yuan(plan.missingFen)} />}
      </Card>
      {plan.missingFen === 0 || plan.waitingFen === 0 ? null : (
        <Notice
          id="debt-waiting"
          text={m('debt.waiting', {
            label: b(pack.arrival.transitLabel),
            amount: yuan(plan.waitingFen),
            next: b(pack.arrival.nextStep),
          })}
        />
      )}
      <Refusal id="debt-failure" failure={settle.failure ?? load.failure} />
      {plan.missingFen === 0 ? null : (
        <Button
          id="debt-top-up"
          text={m('debt.top-up', { amount: yuan(plan.missingFen) })}
          onPress={() => goTopUp(pack, formatYuan(plan.missingFen))}
        />
      )}
      {plan.settleFen === 0 ? null : (
        <Button
          id="debt-settle"
          kind={plan.missingFen === 0 ? 'primary' : 'tint'}
          text={m(plan.missingFen === 0 ? 'debt.settle' : 'debt.settle-part', { amount: yuan(plan.settleFen) })}
          onPress={() => settle.run()}
          busy={settle.busy}
        />
      )}
      <View className="sub">{m('debt.stopped')}</View>
    </Screen>
  );
}
