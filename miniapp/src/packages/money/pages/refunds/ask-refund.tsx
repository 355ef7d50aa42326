import { View } from '@tarojs/components';
import { useEffect, useState } from 'react';
import type { RefundableReply, RefundReply } from '../../../../../../shared/api/refunds';
import { formatYuan } from '../../../../../../shared/money';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { AmountField } from '../../../../components/amount-field';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Keypad } from '../../../../components/keypad';
import { Money } from '../../../../components/money';
import { Screen } from '../../../../components/screen';
import { judgeAmount, pressKey } from '../../../../lib/amount-input';
import { yuan } from '../../../../lib/money-text';
import { loadAccount } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useRequestId } from '../../../../state/use-request-id';
import { moneyApi } from '../../money-api';
import { Outcome } from '../../parts/outcome';
import { NO_PROOF, ProofFields } from '../../parts/proof-fields';
import { Refused } from '../../parts/refused';
import { useMoneyText } from '../../text';

interface Props {
  readonly refundable: RefundableReply;
  readonly pack: RulePack;
  readonly onDone: () => void;
  readonly onBack: () => void;
}

/** How much, a proof, and which part goes where. */
export function AskRefund({ refundable, pack, onDone, onBack }: Props) {
  const { m, t } = useMoneyText();
  const [typed, setTyped] = useState(formatYuan(refundable.refundableFen).replace(/\.00$/, ''));
  const [sure, setSure] = useState(false);
  const [given, setGiven] = useState(NO_PROOF);
  const [asked, setAsked] = useState<RefundReply>();
  const request = useRequestId();
  const rules = { minFen: 1, maxFen: refundable.refundableFen };
  const verdict = judgeAmount(typed, rules);
  const ask = useAction(async () => {
    if (verdict.kind !== 'ok' || !given.enough) return;
    const { amountFen } = verdict;
    const proof = given.proof === undefined ? {} : { proof: given.proof };
    setAsked(await moneyApi.askRefund({ requestId: await request.of(`${amountFen}`), amountFen, ...proof }));
    loadAccount().catch(() => undefined);
  });
  const { clear } = ask;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another amount or proof makes the old refusal void.
  useEffect(clear, [typed, given]);
  const title = m('refunds.ask');
  if (asked !== undefined) {
    return (
      <Screen title={title}>
        <Outcome id="refund-asked" tone="waiting" title={m('refunds.asked')} amountFen={asked.amountFen} hint={m('refunds.asked-hint')} />
        <Card>
          {asked.parts.map((part) => (
            <Cell
              key={part.refundNo}
              id={`refund-part-${part.refundNo}`}
              label={`${t(`channel.${part.to.channel}`)} ${part.to.masked}`}
              value={yuan(part.amountFen)}
            />
          ))}
        </Card>
        <Button id="refund-done" text={m('refunds.progress')} onPress={onDone} />
      </Screen>
    );
  }
  if (sure && verdict.kind === 'ok') {
    return (
      <Screen title={title}>
        <Card>
          <Money id="refund-total" amountFen={verdict.amountFen} size="xl" />
          <View className="sub">{m('refunds.how')}</View>
        </Card>
        <ProofFields onChange={setGiven} />
        <Refused id="refund-failure" failure={ask.failure} pack={pack} />
        <Button id="refund-submit" text={title} onPress={() => ask.run()} busy={ask.busy} disabled={!given.enough} />
        <Button id="refund-back" kind="plain" text={m('transfer.back')} onPress={() => setSure(false)} />
      </Screen>
    );
  }
  return (
    <Screen title={title}>
      <AmountField
        id="refund"
        label={m('refunds.amount')}
        typed={typed}
        rules={rules}
        onType={setTyped}
        limit={m('refunds.most', { amount: yuan(refundable.refundableFen) })}
      />
      <View className="sub">{m('refunds.how')}</View>
      <Button id="refund-leave" kind="plain" text={m('limits.back')} onPress={onBack} />
      <Keypad
        onKey={(key) => setTyped((before) => pressKey(before, key))}
        submit={m('transfer.next')}
        submitId="refund-next"
        onSubmit={() => setSure(true)}
        disabled={verdict.kind !== 'ok'}
        busy={false}
      />
    </Screen>
  );
}
