import { View } from '@tarojs/components';
import { useEffect, useState } from 'react';
import type { BankCardReply, BindCardReply } from '../../../../../../shared/api/wallet';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Field } from '../../../../components/field';
import { RadioRow } from '../../../../components/radio-row';
import { typedCardNumber, typedIdNumber } from '../../../../lib/typed-ids';
import { useAction } from '../../../../state/use-action';
import { useRequestId } from '../../../../state/use-request-id';
import { moneyApi } from '../../money-api';
import { CodeStep } from '../../parts/code-step';
import { Refused } from '../../parts/refused';
import { useMoneyText } from '../../text';

interface Props {
  readonly name: string;
  readonly pack: RulePack;
  readonly onBound: (card: BankCardReply['card']) => void;
}

/** 绑定银行卡: 姓名, 证件类型, 证件号, 下一步; then the code that the bank sends. What is typed goes to the bank and is kept nowhere. */
export function BindForm({ name, pack, onBound }: Props) {
  const { b, m } = useMoneyText();
  const [idText, setIdText] = useState('');
  const [cardText, setCardText] = useState('');
  const [quick, setQuick] = useState(true);
  const [started, setStarted] = useState<BindCardReply>();
  const request = useRequestId();
  const idNumber = typedIdNumber(idText);
  const cardNumber = typedCardNumber(cardText);
  const ready = idNumber !== undefined && (quick || cardNumber !== undefined);
  const next = useAction(async () => {
    if (idNumber === undefined || !ready) return;
    const wish = { idNumber, ...(quick || cardNumber === undefined ? {} : { cardNumber }) };
    setStarted(await moneyApi.startBinding({ requestId: await request.of(JSON.stringify(wish)), ...wish }));
  });
  const { clear } = next;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words make the old refusal void.
  useEffect(clear, [idText, cardText, quick]);

  if (started !== undefined) {
    return (
      <>
        <CodeStep
          code={started.code}
          submit={m('code.confirm')}
          onResend={async () => (await moneyApi.resendBindingCode(started.bindingNo)).code}
          onConfirm={async (digits) => {
            const { card } = await moneyApi.confirmBinding(started.bindingNo, digits);
            request.done();
            onBound(card);
          }}
        />
        <Button
          id="bind-card-back"
          kind="plain"
          text={m('card.again')}
          onPress={() => {
            // Begun anew: whatever the bank has said of the first is over.
            request.done();
            setStarted(undefined);
          }}
        />
      </>
    );
  }
  const bank = pack.bank === undefined ? '' : b(pack.bank.name);
  return (
    <>
      <Card>
        <RadioRow
          id="bind-card-quick"
          label={m('card.quick', { bank })}
          hint={m('card.quick-hint')}
          chosen={quick}
          onChoose={() => setQuick(true)}
        />
        <RadioRow id="bind-card-typed" label={m('card.typed')} chosen={!quick} onChoose={() => setQuick(false)} />
      </Card>
      <Card>
        <Cell id="bind-card-name" label={m('card.name')} value={name} />
        <Cell id="bind-card-id-type" label={m('card.id-type')} value={m('card.id-card')} />
        <Field id="bind-card-id" label={m('card.id')} placeholder={m('card.id-hint')} value={idText} onChange={setIdText} maxLength={32} />
        {quick ? null : (
          <Field
            id="bind-card-number"
            label={m('card.number')}
            placeholder={m('card.number-hint')}
            value={cardText}
            onChange={setCardText}
            digits
            maxLength={30}
          />
        )}
      </Card>
      <View className="sub">{pack.bank === undefined ? m('card.private') : `${b(pack.bank.cardOnly)} ${m('card.private')}`}</View>
      <Refused id="bind-card-failure" failure={next.failure} pack={pack} />
      <Button id="bind-card-next" text={m('card.next')} onPress={() => next.run()} busy={next.busy} disabled={!ready} />
    </>
  );
}
