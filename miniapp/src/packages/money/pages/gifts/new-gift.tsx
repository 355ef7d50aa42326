import { View } from '@tarojs/components';
import { useEffect, useState } from 'react';
import { fen } from '../../../../../../shared/money';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { DAY_MS } from '../../../../../../shared/time';
import { AmountField } from '../../../../components/amount-field';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Choice } from '../../../../components/choice';
import { Keypad } from '../../../../components/keypad';
import { Screen } from '../../../../components/screen';
import { Refusal } from '../../../../components/states';
import { judgeAmount, pressKey } from '../../../../lib/amount-input';
import { giftDays, giftEnds } from '../../../../lib/money-services';
import { yuan } from '../../../../lib/money-text';
import { serverNow } from '../../../../state/app-state';
import { useAction } from '../../../../state/use-action';
import { useRequestId } from '../../../../state/use-request-id';
import { moneyApi } from '../../money-api';
import { useMoneyText } from '../../text';

const PRESETS = [fen(10_000), fen(20_000), fen(50_000)];

interface Props {
  readonly pack: RulePack;
  readonly onMade: () => void;
  readonly onBack: () => void;
}

/** The most that may come by it, and for how long. */
export function NewGift({ pack, onMade, onBack }: Props) {
  const { m } = useMoneyText();
  const { maxTotalFen, maxDays } = pack.topUp.giftLinks ?? { maxTotalFen: fen(0), maxDays: 1 };
  const days = giftDays(maxDays);
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(String(days[0] ?? 1));
  // Fixed once: a press whose answer was lost asks for the same link, with the same end.
  const [madeAt] = useState(serverNow);
  const request = useRequestId();
  const rules = { minFen: pack.topUp.minFen, maxFen: maxTotalFen };
  const verdict = judgeAmount(typed, rules);
  const make = useAction(async () => {
    if (verdict.kind !== 'ok') return;
    const expiresAt = giftEnds(madeAt, Number(chosen) * DAY_MS);
    const wish = { maxTotalFen: verdict.amountFen, expiresAt };
    await moneyApi.createGift({ requestId: await request.of(JSON.stringify(wish)), ...wish });
    onMade();
  });
  const { clear } = make;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another wish makes the old refusal void.
  useEffect(clear, [typed, chosen]);
  return (
    <Screen title={m('gift.new')}>
      <AmountField
        id="gift"
        label={m('gift.most')}
        typed={typed}
        rules={rules}
        onType={setTyped}
        presetsFen={PRESETS.filter((preset) => preset <= maxTotalFen)}
        limit={m('gift.cap', { amount: yuan(maxTotalFen) })}
      />
      <Card>
        <View className="h">{m('gift.how-long')}</View>
        <Choice
          idPrefix="gift-days"
          items={days.map((count) => ({ id: String(count), label: m('gift.days', { days: count }) }))}
          chosen={chosen}
          onChoose={setChosen}
        />
      </Card>
      <Refusal id="gift-failure" failure={make.failure} />
      <Button id="gift-leave" kind="plain" text={m('gift.leave')} onPress={onBack} />
      <Keypad
        onKey={(key) => setTyped((before) => pressKey(before, key))}
        submit={m('gift.make')}
        submitId="gift-submit"
        onSubmit={() => make.run()}
        disabled={verdict.kind !== 'ok'}
        busy={make.busy}
      />
    </Screen>
  );
}
