import { View } from '@tarojs/components';
import { useEffect, useState } from 'react';
import type * as v from 'valibot';
import type { checkPayeeReply } from '../../../../../../shared/api/others';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Field } from '../../../../components/field';
import { Screen } from '../../../../components/screen';
import { Refusal } from '../../../../components/states';
import { amountRules } from '../../../../lib/channels';
import { platform } from '../../../../platform';
import { useAction } from '../../../../state/use-action';
import { moneyApi } from '../../money-api';
import { PayFor } from '../../parts/pay-for';
import { WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';

/** 给别人充值 (ST-60…ST-65): name and number as the school knows them, whom it is for, and no password. */
export default function PayOther() {
  const { m } = useMoneyText();
  return (
    <WithAccount title={m('hub.pay-other')} retryId="pay-other-retry">
      {({ pack }) => <PayOtherScreen pack={pack} />}
    </WithAccount>
  );
}

function PayOtherScreen({ pack }: { readonly pack: RulePack }) {
  const { b, m } = useMoneyText();
  const [name, setName] = useState('');
  const [number, setNumber] = useState('');
  const [payee, setPayee] = useState<v.InferOutput<typeof checkPayeeReply>>();
  const who = { schoolId: pack.schoolId, name: name.trim(), number: number.trim() };
  const ready = who.name !== '' && who.number !== '';
  const check = useAction(async () => {
    if (ready) setPayee(await moneyApi.checkPayee(who));
  });
  const { clear } = check;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words make the old refusal void.
  useEffect(clear, [name, number]);
  const { fields } = pack.signIn;
  if (payee === undefined) {
    return (
      <Screen title={m('hub.pay-other')}>
        <Card>
          <Field
            id="pay-other-name"
            label={b(fields.name.label)}
            placeholder={fields.name.placeholder === undefined ? '' : b(fields.name.placeholder)}
            value={name}
            onChange={setName}
          />
          <Field
            id="pay-other-number"
            label={b(fields.number.label)}
            placeholder={fields.number.placeholder === undefined ? '' : b(fields.number.placeholder)}
            value={number}
            onChange={setNumber}
          />
        </Card>
        <View className="sub">{m('others.lead')}</View>
        {pack.signIn.temporaryNumber === undefined ? null : <View className="sub">{b(pack.signIn.temporaryNumber)}</View>}
        <Refusal id="pay-other-failure" failure={check.failure} />
        <Button id="pay-other-check" text={m('card.next')} onPress={() => check.run()} busy={check.busy} disabled={!ready} />
      </Screen>
    );
  }
  const here = payee.channels.find(({ id }) => id === platform.payChannel());
  return (
    <Screen title={m('others.confirm')}>
      <Card>
        <Cell id="pay-other-school" label={m('others.school')} value={b(payee.payee.school)} />
        <Cell id="pay-other-masked" label={b(fields.name.label)} value={payee.payee.nameMasked} />
        {payee.payee.numberMasked === null ? null : (
          <Cell id="pay-other-number-masked" label={b(fields.number.label)} value={payee.payee.numberMasked} />
        )}
      </Card>
      <PayFor
        rules={amountRules(
          pack,
          pack.topUp.channels.find(({ id }) => id === here?.id),
        )}
        presetsFen={pack.topUp.presetsFen}
        order={(wish) => moneyApi.payForOther({ ...who, ...wish })}
      />
    </Screen>
  );
}
