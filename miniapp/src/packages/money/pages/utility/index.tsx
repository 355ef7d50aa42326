import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useEffect, useState } from 'react';
import type { UtilityName } from '../../../../../../shared/api/common';
import type { UtilityAccountReply, UtilityPaymentReply } from '../../../../../../shared/api/utilities';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Field } from '../../../../components/field';
import { Screen } from '../../../../components/screen';
import { Failed, Loading } from '../../../../components/states';
import { shortInstant } from '../../../../lib/dates';
import { grouped } from '../../../../lib/money-text';
import { typedAccount } from '../../../../lib/typed-ids';
import { serverNow } from '../../../../state/app-state';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { moneyApi } from '../../money-api';
import { MoneyRow } from '../../parts/money-row';
import { Refused } from '../../parts/refused';
import { type Holder, WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';
import { PayUtility } from './pay-utility';
import { UtilityOutcome } from './utility-outcome';

/** 缴网费 (DL-01), 网费充值 and 电费充值 (BISTU): whose account it is, how much, from where, and the supplier's receipt. */
export default function Utility() {
  const { m } = useMoneyText();
  const utility: UtilityName = useRouter().params.utility === 'electricity' ? 'electricity' : 'network';
  return (
    <WithAccount title={m(`utility.${utility}`)} retryId="utility-account-retry">
      {(holder) => <UtilityScreen {...holder} utility={utility} />}
    </WithAccount>
  );
}

function UtilityScreen({ account, pack, utility }: Holder & { readonly utility: UtilityName }) {
  const { b, m } = useMoneyText();
  const label = pack.utilityLabels?.[utility];
  const title = label === undefined ? m(`utility.${utility}`) : b(label);
  const [text, setText] = useState('');
  const [found, setFound] = useState<UtilityAccountReply>();
  const [paid, setPaid] = useState<UtilityPaymentReply>();
  const typed = typedAccount(text);
  const find = useAction<string>(async (number) => setFound(await moneyApi.findUtility(utility, number)));
  const { clear } = find;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another account makes the old refusal void.
  useEffect(clear, [text]);

  if (paid !== undefined) return <UtilityOutcome title={title} first={paid} />;
  if (found !== undefined) {
    return <PayUtility title={title} to={found} account={account} pack={pack} onPaid={setPaid} onBack={() => setFound(undefined)} />;
  }
  return (
    <Screen title={title}>
      <Card>
        <Field
          id="utility-account"
          label={m(`utility.${utility}-account`)}
          placeholder={m(`utility.${utility}-hint`)}
          value={text}
          onChange={setText}
          maxLength={40}
        />
      </Card>
      <Refused id="utility-failure" failure={find.failure} pack={pack} />
      <Button
        id="utility-find"
        text={m('utility.find')}
        onPress={() => typed !== undefined && find.run(typed)}
        busy={find.busy}
        disabled={typed === undefined}
      />
      <Before utility={utility} onAccount={setText} onOpen={setPaid} />
    </Screen>
  );
}

interface BeforeProps {
  readonly utility: UtilityName;
  readonly onAccount: (account: string) => void;
  readonly onOpen: (payment: UtilityPaymentReply) => void;
}

/** What was paid before: its account is one tap away, and a payment that waits can be looked at. */
function Before({ utility, onAccount, onOpen }: BeforeProps) {
  const { m, lang } = useMoneyText();
  const load = useLoad(async () => (await moneyApi.utilityPayments()).payments.filter((each) => each.utility === utility), utility);
  if (load.data === undefined) {
    return load.failure === undefined ? <Loading rows={2} /> : <Failed id="utility-retry" failure={load.failure} onRetry={load.reload} />;
  }
  if (load.data.length === 0) return <View className="sub">{m('utility.none')}</View>;
  const accounts = [...new Map(load.data.map(({ account, maskedOwner }) => [account, maskedOwner]))].slice(0, 3);
  return (
    <>
      <Card>
        <View className="h">{m('utility.used')}</View>
        {accounts.map(([account, owner]) => (
          <Button
            key={account}
            id={`utility-used-${account}`}
            kind="tint"
            size="small"
            text={`${account} · ${owner}`}
            onPress={() => onAccount(account)}
          />
        ))}
      </Card>
      <Card>
        <View className="h">{m('utility.before')}</View>
        {load.data.map((payment) => (
          <MoneyRow
            key={payment.payOutNo}
            id={`utility-${payment.payOutNo}`}
            title={payment.account}
            details={[shortInstant(payment.createdAt, serverNow(), lang), payment.maskedOwner]}
            amount={`−${grouped(payment.amountFen)}`}
            state={m(`utility.${payment.state}`)}
            waits={payment.state === 'requested' || payment.state === 'stuck'}
            onPress={() => onOpen(payment)}
          />
        ))}
      </Card>
    </>
  );
}
