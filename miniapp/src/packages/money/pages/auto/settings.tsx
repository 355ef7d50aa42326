import { View } from '@tarojs/components';
import { useState } from 'react';
import type { AutoTopUpReply } from '../../../../../../shared/api/auto-top-up';
import type { Fen } from '../../../../../../shared/money';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Choice } from '../../../../components/choice';
import { Refusal } from '../../../../components/states';
import { autoCaps } from '../../../../lib/money-services';
import { yuan } from '../../../../lib/money-text';
import { useAction } from '../../../../state/use-action';
import type { AutoWish } from '../../money-api';
import { useMoneyText } from '../../text';

interface Props {
  readonly choices: NonNullable<AutoTopUpReply['choices']>;
  /** What is agreed or was asked for. */
  readonly now: NonNullable<AutoTopUpReply['contract']> | undefined;
  readonly channel: 'wechat-pay' | 'alipay';
  readonly submit: string;
  readonly onSubmit: (wish: AutoWish) => Promise<void>;
}

/** Below what, by how much and how much in a month, with what that means in words. */
export function Settings({ choices, now, channel, submit, onSubmit }: Props) {
  const { m } = useMoneyText();
  const { thresholdsFen, amountsFen, monthlyCapFen: schoolCap } = choices;
  const [threshold, setThreshold] = useState(() => thresholdsFen.find((each) => each === now?.thresholdFen) ?? thresholdsFen[0]);
  const [amount, setAmount] = useState(() => amountsFen.find((each) => each === now?.amountFen) ?? amountsFen[0]);
  const [wishedCap, setCap] = useState(now?.monthlyCapFen);
  const caps = amount === undefined ? [] : autoCaps(amount, schoolCap, now?.monthlyCapFen);
  // A cap that one amount no longer fits into is chosen anew.
  const cap = caps.find((each) => each === wishedCap) ?? caps.at(-1);
  const save = useAction(async () => {
    if (threshold === undefined || amount === undefined || cap === undefined) return;
    await onSubmit({ thresholdFen: threshold, amountFen: amount, monthlyCapFen: cap });
  });
  if (threshold === undefined || amount === undefined || cap === undefined) return null;
  const terms = { threshold: yuan(threshold), amount: yuan(amount), cap: yuan(cap), channel: m(`auto.${channel}`) };
  return (
    <>
      <Card>
        <Amounts idPrefix="auto-threshold" label={m('auto.when')} amounts={thresholdsFen} chosen={threshold} onChoose={setThreshold} />
        <Amounts idPrefix="auto-amount" label={m('auto.amount')} amounts={amountsFen} chosen={amount} onChoose={setAmount} />
        <Amounts idPrefix="auto-cap" label={m('auto.cap')} amounts={caps} chosen={cap} onChoose={setCap} />
      </Card>
      <View id="auto-terms" className="sub">
        {m('auto.terms', terms)}
      </View>
      <Refusal id="auto-failure" failure={save.failure} />
      <Button id="auto-submit" text={submit} onPress={() => save.run()} busy={save.busy} />
    </>
  );
}

interface AmountsProps {
  readonly idPrefix: string;
  readonly label: string;
  readonly amounts: readonly Fen[];
  readonly chosen: Fen;
  readonly onChoose: (amount: Fen) => void;
}

function Amounts({ idPrefix, label, amounts, chosen, onChoose }: AmountsProps) {
  return (
    <>
      <View className="h">{label}</View>
      <Choice
        idPrefix={idPrefix}
        items={amounts.map((amount) => ({ id: String(amount), label: yuan(amount) }))}
        chosen={String(chosen)}
        onChoose={(id) => {
          const amount = amounts.find((each) => String(each) === id);
          if (amount !== undefined) onChoose(amount);
        }}
      />
    </>
  );
}
