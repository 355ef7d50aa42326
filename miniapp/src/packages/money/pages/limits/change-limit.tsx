import { View } from '@tarojs/components';
import { useEffect, useState } from 'react';
import type { LimitsReply } from '../../../../../../shared/api/wallet';
import { formatYuan } from '../../../../../../shared/money';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { isRefusal } from '../../../../api/failure';
import { AmountField } from '../../../../components/amount-field';
import { Button } from '../../../../components/button';
import { Keypad } from '../../../../components/keypad';
import { Screen } from '../../../../components/screen';
import { Notice } from '../../../../components/states';
import { judgeAmount, pressKey } from '../../../../lib/amount-input';
import { yuan } from '../../../../lib/money-text';
import { useAction } from '../../../../state/use-action';
import { type LimitName, moneyApi } from '../../money-api';
import { NO_PROOF, ProofFields } from '../../parts/proof-fields';
import { Refused } from '../../parts/refused';
import { useMoneyText } from '../../text';

interface Props {
  readonly name: LimitName;
  readonly limits: LimitsReply;
  readonly pack: RulePack;
  readonly onChanged: (limits: LimitsReply) => void;
  readonly onBack: () => void;
}

/** Lowering is done at once; the server asks for a proof where more may be spent than before. */
export function ChangeLimit({ name, limits, pack, onChanged, onBack }: Props) {
  const { m } = useMoneyText();
  const own = limits.own[name];
  const school = limits.school[name];
  const [typed, setTyped] = useState(own === null ? '' : formatYuan(own).replace(/\.00$/, ''));
  const [given, setGiven] = useState(NO_PROOF);
  // What waits for its proof: an amount, or null for the school's own.
  const [raising, setRaising] = useState<{ readonly to: number | null }>();
  const rules = { minFen: 1, maxFen: school ?? undefined };
  const verdict = judgeAmount(typed, rules);
  const save = useAction<number | null>(async (to) => {
    const proof = given.proof === undefined ? {} : { proof: given.proof };
    try {
      onChanged(await moneyApi.changeLimits({ ...limits.own, [name]: to, ...proof }));
    } catch (reason) {
      if (!isRefusal(reason, 'auth.second-proof-required') || raising !== undefined) throw reason;
      setRaising({ to });
    }
  });
  const { clear } = save;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another wish or proof makes the old refusal void.
  useEffect(clear, [typed, given]);
  const title = m(`limits.${name}`);
  if (raising !== undefined) {
    return (
      <Screen title={title}>
        <Notice id="limit-raise" text={m('limits.raise')} />
        <ProofFields onChange={setGiven} />
        <Refused id="limit-failure" failure={save.failure} pack={pack} />
        <Button id="limit-submit" text={m('limits.save')} onPress={() => save.run(raising.to)} busy={save.busy} disabled={!given.enough} />
        <Button id="limit-back" kind="plain" text={m('limits.back')} onPress={onBack} />
      </Screen>
    );
  }
  return (
    <Screen title={title}>
      <AmountField
        id="limit"
        label={title}
        typed={typed}
        rules={rules}
        onType={setTyped}
        limit={school === null ? m('limits.school-none') : m('limits.school-max', { amount: yuan(school) })}
      />
      {own === null ? null : (
        <Button id="limit-school" kind="tint" text={m('limits.use-school')} onPress={() => save.run(null)} busy={save.busy} />
      )}
      <View className="sub">{m('limits.lead')}</View>
      <Refused id="limit-failure" failure={save.failure} pack={pack} />
      <Button id="limit-back" kind="plain" text={m('limits.back')} onPress={onBack} />
      <Keypad
        onKey={(key) => setTyped((before) => pressKey(before, key))}
        submit={m('limits.save')}
        submitId="limit-submit"
        onSubmit={() => verdict.kind === 'ok' && save.run(verdict.amountFen)}
        disabled={verdict.kind !== 'ok'}
        busy={save.busy}
      />
    </Screen>
  );
}
