import { View } from '@tarojs/components';
import { useEffect, useState } from 'react';
import { fen } from '../../../../../../shared/money';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { RadioRow } from '../../../../components/radio-row';
import { Screen } from '../../../../components/screen';
import { Notice, Refusal } from '../../../../components/states';
import { goBack, goInstead, startAt } from '../../../../lib/go';
import { yuan } from '../../../../lib/money-text';
import { useAction } from '../../../../state/use-action';
import { useRequestId } from '../../../../state/use-request-id';
import { computerApi } from '../../api';
import { host } from '../../host';
import { type Draft, keepOrder, theDraft } from '../../lib/draft';
import { useFocus } from '../../lib/use-focus';
import { computerWays } from '../../lib/ways';
import { useComputerText } from '../../text';

/** 确认充值信息 with 选择付款方式 (ST-65, ST-66). Loaded anew there is nothing to confirm, so it begins again. */
export default function ComputerConfirm() {
  const { c } = useComputerText();
  const [draft] = useState(theDraft);
  useEffect(() => {
    if (draft === undefined) startAt('computer');
  }, [draft]);
  return draft === undefined ? <Screen title={c('confirm.title')}>{null}</Screen> : <Confirm draft={draft} />;
}

function Confirm({ draft }: { readonly draft: Draft }) {
  const { b, c } = useComputerText();
  const { payee, channels } = draft.found;
  const ways = computerWays(channels, host.newTab !== undefined);
  const [place, setPlace] = useState(0);
  const request = useRequestId();
  const way = ways[place];
  const first = ways[0];
  useFocus(first === undefined ? 'pc-change' : `pc-way-${first.channel}-${first.payBy}`);
  const pay = useAction(async () => {
    if (way === undefined) return;
    const show = way.payBy === 'page' ? host.newTab?.() : undefined;
    try {
      const wish = { ...draft.who, amountFen: draft.amountFen, ...way };
      const { orderNo, payParams } = await computerApi.order({ ...wish, requestId: await request.of(`${way.channel}:${way.payBy}`) });
      const { codeUrl, url } = payParams;
      keepOrder({ orderNo, channel: way.channel, codeUrl, url });
      request.done();
      show?.(url);
      goInstead('computer-order', { no: orderNo });
    } catch (reason) {
      show?.(undefined);
      throw reason;
    }
  });
  return (
    <Screen title={c('confirm.title')} brand={draft.brand}>
      <Card>
        <Cell id="pc-confirm-school" label={c('form.school')} value={b(payee.school)} />
        {payee.numberMasked === null ? null : <Cell id="pc-confirm-number" label={c('form.number')} value={payee.numberMasked} />}
        <Cell id="pc-confirm-name" label={c('confirm.name')} value={payee.nameMasked} />
        <Cell id="pc-confirm-amount" label={c('form.amount')} value={yuan(fen(draft.amountFen))} />
      </Card>
      <Card id="pc-ways">
        <View className="h">{c('confirm.way')}</View>
        {ways.map(({ channel, payBy }, at) => (
          <RadioRow
            key={`${channel}-${payBy}`}
            id={`pc-way-${channel}-${payBy}`}
            label={c(`way.${payBy}`)}
            hint={c(`way.${payBy}-hint`, { app: c(`app.${channel}`) })}
            chosen={at === place}
            onChoose={() => setPlace(at)}
          />
        ))}
        {ways.length === 0 ? <Notice id="pc-no-way" text={c('way.none')} /> : null}
      </Card>
      <Refusal id="pc-pay-failure" failure={pay.failure} />
      <Button id="pc-pay" text={c('confirm.pay')} onPress={() => pay.run()} busy={pay.busy} disabled={way === undefined} />
      <Button id="pc-change" kind="plain" text={c('confirm.back')} onPress={goBack} disabled={pay.busy} />
    </Screen>
  );
}
