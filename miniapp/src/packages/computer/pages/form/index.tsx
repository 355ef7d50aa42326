import { useRouter } from '@tarojs/taro';
import { useEffect, useState } from 'react';
import { fen } from '../../../../../../shared/money';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Field } from '../../../../components/field';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Notice, Refusal } from '../../../../components/states';
import { amountRules } from '../../../../lib/channels';
import { go } from '../../../../lib/go';
import { yuan } from '../../../../lib/money-text';
import { api } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { computerApi } from '../../api';
import { keepDraft } from '../../lib/draft';
import { judgeTypedAmount } from '../../lib/typed-amount';
import { useFocus } from '../../lib/use-focus';
import { useComputerText } from '../../text';

/** 自助充值 (ST-63, ST-64): number, name and amount; no password, and whose card it is comes back masked. */
export default function ComputerForm() {
  const { c } = useComputerText();
  const schoolId = useRouter().params.school ?? '';
  const load = useLoad(async () => (await api.school(schoolId)).pack, schoolId);
  if (load.data === undefined) {
    return (
      <Screen title={c('form.title')}>
        {load.failure === undefined ? <Loading rows={4} /> : <Failed id="pc-form-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  return <PayeeForm pack={load.data} />;
}

function PayeeForm({ pack }: { readonly pack: RulePack }) {
  const { b, c } = useComputerText();
  const [number, setNumber] = useState('');
  const [name, setName] = useState('');
  const [amount, setAmount] = useState('');
  const offered = pack.topUp.othersMayPay === true;
  useFocus('pc-number', offered);
  const rules = amountRules(pack, undefined);
  const verdict = judgeTypedAmount(amount, rules);
  const ready = number.trim() !== '' && name.trim() !== '' && verdict.kind === 'ok';
  const check = useAction(async () => {
    if (verdict.kind !== 'ok') return;
    const who = { schoolId: pack.schoolId, name: name.trim(), number: number.trim() };
    keepDraft({ who, amountFen: verdict.amountFen, found: await computerApi.check(who), brand: pack.brand });
    go('computer-confirm');
  });
  const { clear } = check;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words make the old refusal void.
  useEffect(clear, [name, number, amount]);
  const submit = () => ready && check.run();
  return (
    <Screen title={c('form.title')} brand={pack.brand}>
      <Card>
        <Cell id="pc-form-school" label={c('form.school')} value={b(pack.name)} />
        {offered ? (
          <>
            <Field
              id="pc-number"
              label={c('form.number')}
              placeholder={c('form.number-hint')}
              value={number}
              onChange={setNumber}
              onDone={submit}
            />
            <Field id="pc-name" label={c('form.name')} placeholder={c('form.name-hint')} value={name} onChange={setName} onDone={submit} />
            <Field
              id="pc-amount"
              label={c('form.amount')}
              placeholder={c('form.amount-hint')}
              value={amount}
              onChange={setAmount}
              onDone={submit}
              maxLength={16}
            />
          </>
        ) : null}
      </Card>
      {offered ? null : <Notice id="pc-not-offered" text={c('form.not-offered')} />}
      {verdict.kind === 'bad' ? <Notice id="pc-amount-bad" text={c('form.amount-bad')} /> : null}
      {verdict.kind === 'below' ? <Notice id="pc-amount-bad" text={c('form.min', { amount: yuan(fen(rules.minFen)) })} /> : null}
      {verdict.kind === 'above' && rules.maxFen !== undefined ? (
        <Notice id="pc-amount-bad" text={c('form.max', { amount: yuan(fen(rules.maxFen)) })} />
      ) : null}
      <Refusal id="pc-failure" failure={check.failure} />
      {offered ? <Button id="pc-check" text={c('form.next')} onPress={() => check.run()} busy={check.busy} disabled={!ready} /> : null}
    </Screen>
  );
}
