import { View } from '@tarojs/components';
import { useEffect, useState } from 'react';
import type { UnionpayReply } from '../../../../../../shared/api/wallet';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Field } from '../../../../components/field';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Notice } from '../../../../components/states';
import { typedCardNumber, typedIdNumber, typedMobile } from '../../../../lib/typed-ids';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { useRequestId } from '../../../../state/use-request-id';
import { moneyApi } from '../../money-api';
import { Refused } from '../../parts/refused';
import { WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';

/** 银联认证 (DL-28): UnionPay says whether name, ID, card and mobile belong together. What is typed goes there and is kept nowhere. */
export default function Unionpay() {
  const { m } = useMoneyText();
  return (
    <WithAccount title={m('unionpay.title')} retryId="unionpay-account-retry">
      {({ account, pack }) => <UnionpayScreen name={account.name} pack={pack} />}
    </WithAccount>
  );
}

function UnionpayScreen({ name, pack }: { readonly name: string; readonly pack: RulePack }) {
  const { b, m } = useMoneyText();
  const load = useLoad(moneyApi.unionpay, 'unionpay');
  const [answer, setAnswer] = useState<UnionpayReply>();
  const label = pack.linking.unionpayLabel;
  const title = label === undefined ? m('unionpay.title') : b(label);
  const status = (answer ?? load.data)?.status;
  if (status === undefined) {
    return (
      <Screen title={title}>
        {load.failure === undefined ? <Loading rows={4} /> : <Failed id="unionpay-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  return (
    <Screen title={title}>
      <Notice
        id="unionpay-status"
        tone={status === 'linked' ? 'good' : status === 'no-match' ? 'bad' : 'warn'}
        text={m(`unionpay.${status}`)}
      />
      {status === 'linked' ? null : <CheckForm name={name} pack={pack} onAnswer={setAnswer} />}
    </Screen>
  );
}

interface FormProps {
  readonly name: string;
  readonly pack: RulePack;
  readonly onAnswer: (answer: UnionpayReply) => void;
}

function CheckForm({ name, pack, onAnswer }: FormProps) {
  const { m } = useMoneyText();
  const [idText, setIdText] = useState('');
  const [cardText, setCardText] = useState('');
  const [mobileText, setMobileText] = useState('');
  const request = useRequestId();
  const idNumber = typedIdNumber(idText);
  const cardNumber = typedCardNumber(cardText);
  const mobile = typedMobile(mobileText);
  const ready = idNumber !== undefined && cardNumber !== undefined && mobile !== undefined;
  const check = useAction(async () => {
    if (idNumber === undefined || cardNumber === undefined || mobile === undefined) return;
    const wish = { idNumber, cardNumber, mobile };
    const answer = await moneyApi.verifyUnionpay({ requestId: await request.of(JSON.stringify(wish)), ...wish });
    // Not answered yet: the same again is the same question.
    if (answer.status !== 'asked') request.done();
    onAnswer(answer);
  });
  const { clear } = check;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words make the old refusal void.
  useEffect(clear, [idText, cardText, mobileText]);
  return (
    <>
      <Card>
        <Cell id="unionpay-name" label={m('card.name')} value={name} />
        <Field id="unionpay-id" label={m('card.id')} placeholder={m('card.id-hint')} value={idText} onChange={setIdText} maxLength={32} />
        <Field
          id="unionpay-card"
          label={m('card.number')}
          placeholder={m('card.number-hint')}
          value={cardText}
          onChange={setCardText}
          maxLength={30}
        />
        <Field
          id="unionpay-mobile"
          label={m('unionpay.mobile')}
          placeholder={m('unionpay.mobile-hint')}
          value={mobileText}
          onChange={setMobileText}
          maxLength={24}
        />
      </Card>
      <View className="sub">{m('unionpay.private')}</View>
      <Refused id="unionpay-failure" failure={check.failure} pack={pack} />
      <Button id="unionpay-check" text={m('unionpay.check')} onPress={() => check.run()} busy={check.busy} disabled={!ready} />
    </>
  );
}
