import { useState } from 'react';
import type { AutoTopUpReply } from '../../../../../../shared/api/auto-top-up';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Confirm } from '../../../../components/confirm';
import { Notice, Refusal } from '../../../../components/states';
import { fullInstant } from '../../../../lib/dates';
import { go } from '../../../../lib/go';
import { yuan } from '../../../../lib/money-text';
import { useAction } from '../../../../state/use-action';
import { type AutoWish, moneyApi } from '../../money-api';
import { useMoneyText } from '../../text';

interface Props {
  readonly contract: NonNullable<AutoTopUpReply['contract']>;
  readonly pack: RulePack;
  /** Undefined where the school no longer offers it. */
  readonly onChange: (() => void) | undefined;
  readonly onSwitch: (wish: AutoWish & { readonly isOn: boolean }) => Promise<void>;
  readonly onEnded: (reply: AutoTopUpReply) => void;
}

/** What is agreed, whether it is on, what of the month is used, and its end. */
export function Contract({ contract, pack, onChange, onSwitch, onEnded }: Props) {
  const { m, lang } = useMoneyText();
  const [asking, setAsking] = useState(false);
  const { isOn, offReason, channel, thresholdFen, amountFen, monthlyCapFen, usedThisMonthFen, signedAt, pausedUntil, openOrderNo } =
    contract;
  const at = (instant: string) => fullInstant(instant, lang, pack.utcOffsetMinutes);
  const turn = useAction(() => onSwitch({ thresholdFen, amountFen, monthlyCapFen, isOn: !isOn }));
  const end = useAction(async () => {
    const ended = await moneyApi.endAutoTopUp();
    setAsking(false);
    onEnded(ended);
  });
  return (
    <>
      <Notice
        id="auto-state"
        tone={isOn ? 'good' : 'warn'}
        text={isOn ? m('auto.on') : `${m('auto.off')}: ${m(`auto.off-${offReason ?? 'holder'}`)}`}
      />
      {isOn && pausedUntil !== null ? <Notice id="auto-paused" text={m('auto.paused', { time: at(pausedUntil) })} /> : null}
      <Card>
        {openOrderNo === null ? null : (
          <Cell
            id="auto-order"
            label={m('auto.open-order')}
            hint={m('auto.open-order-hint')}
            onPress={() => go('order', { no: openOrderNo })}
          />
        )}
        <Cell id="auto-threshold" label={m('auto.when')} value={yuan(thresholdFen)} />
        <Cell id="auto-amount" label={m('auto.amount')} value={yuan(amountFen)} />
        <Cell id="auto-used" label={m('auto.used')} value={m('auto.used-of', { used: yuan(usedThisMonthFen), cap: yuan(monthlyCapFen) })} />
        <Cell id="auto-channel" label={m('auto.channel')} value={m(`auto.${channel}`)} />
        {signedAt === null ? null : <Cell id="auto-since" label={m('auto.since')} value={at(signedAt)} />}
      </Card>
      <Refusal id="auto-turn-failure" failure={turn.failure} />
      {onChange === undefined ? null : (
        <>
          <Button id="auto-change" kind="tint" text={m('auto.change')} onPress={onChange} />
          <Button
            id="auto-turn"
            kind="plain"
            text={m(isOn ? 'auto.turn-off' : 'auto.turn-on')}
            onPress={() => turn.run()}
            busy={turn.busy}
          />
        </>
      )}
      <Button id="auto-end" kind="plain" text={m('auto.end')} onPress={() => setAsking(true)} />
      <Confirm
        id="auto-end"
        open={asking}
        title={m('auto.end-title')}
        text={m('auto.end-text')}
        yes={m('auto.end')}
        danger
        busy={end.busy}
        failure={end.failure}
        onYes={() => end.run()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
